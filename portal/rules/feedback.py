"""R16: what recipients, staff and guests thought of a session. The sources are silent on when: our defaults.

CLUB 5, closing stage: «ознакомление с отзывами мнениями о проведенном мероприятии (сотрудников, получателей
услуг, гостей учреждения)».
"""

from datetime import datetime, timedelta

from portal.rules import N_, RuleBroken

OPEN_FOR = timedelta(days=14)
MOST = 300  # answers by the address of one session: more is no group's opinion
SOURCES = ("recipient", "staff", "guest")
LOWEST, HIGHEST = 1, 5


def check_open(status: str, starts: datetime, now: datetime, *, from_paper: bool = False) -> None:
    """From the start of a session that takes place until fourteen days later; what is on paper, also afterwards.

    Raises session_cancelled, feedback_early, feedback_late.
    """
    if status == "cancelled":
        raise RuleBroken("session_cancelled", N_("This session is cancelled."))
    if now < starts:
        raise RuleBroken(
            "feedback_early", N_("The session has not begun yet. Tell us what you think when it has.")
        )
    if now > starts + OPEN_FOR and not from_paper:
        raise RuleBroken(
            "feedback_late", N_("Opinions of this session were taken for two weeks: that time is over.")
        )


def check_answer(source: str, liked: int) -> None:
    """One of the three sources, one to five. Raises feedback_source, feedback_liked."""
    if source not in SOURCES:
        raise RuleBroken("feedback_source", N_("Say who speaks: a participant, a colleague or a guest."))
    if not LOWEST <= liked <= HIGHEST:
        raise RuleBroken("feedback_liked", N_("Say how you liked the session: from 1 to 5."))


def check_room(answers: int) -> None:
    """The address of a session takes so many answers and no more. Raises feedback_full."""
    if answers >= MOST:
        raise RuleBroken(
            "feedback_full", N_("This session has very many opinions already. Tell the staff instead.")
        )
