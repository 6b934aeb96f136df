"""What the demo clubs have besides sessions: a program laid out over them, interests of their groups."""

from portal import clock
from portal.clubs import program_queries as queries
from portal.clubs import programs, surveys
from portal.clubs.surveys import Wishes
from portal.db import db
from portal.rules.interests import INTERESTS

STARTS = ("friends", "teens")  # a template for each club
ABOUT = (("crafts", "drawing", "talk"), ("games", "friends"))
EVERY = 5  # of so many interests each child wishes for one


def set_up(number: int, club_id: int, leader_id: int, member_ids: list[int]) -> None:
    """Give the club its program, lay the topics out, ask its group, and say what it is about."""
    program_id = programs.start_program(club_id, leader_id, template=STARTS[number])
    programs.put_in_force(program_id, leader_id, 1)
    topics = queries.topics_of(db.session(), program_id)
    laid = queries.laid_out(club_id, topics, 0, over=True)
    programs.lay_out(
        club_id, leader_id, [(one.session.id, one.topic.id) for one in laid if one.topic is not None]
    )
    surveys.set_interests(club_id, ABOUT[number], leader_id)
    answers = {key: Wishes(frozenset(INTERESTS[key % EVERY :: EVERY])) for key in member_ids}
    surveys.record_interests(answers, clock.today(), leader_id, club_id)
