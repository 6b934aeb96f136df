"""CLUB 5: what a program says before it is in force, how versions differ, which topic is next."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.club_programs import (
    MOST_TOPICS,
    Content,
    Topic,
    check_draft,
    check_ready,
    difference,
    move,
    next_topic,
)
from tests.refusals import refuses

TITLES = st.lists(st.sampled_from("абвгдежзик"), unique=True, max_size=8)


def program(*titles, **texts):
    topics = tuple(Topic(title, "цель") for title in titles)
    return Content("Дружба", texts.pop("aims", "Учиться общаться"), topics=topics, **texts)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (program("Знакомство", aims=""), "no_aims"),
        (program(), "no_topics"),
        (program(*map(str, range(MOST_TOPICS + 1))), "too_many_topics"),
        (Content("Дружба", "цели", topics=(Topic("Знакомство"),)), "no_goal"),
        (program("Семья", "Дружба", "СЕМЬЯ"), "topic_twice"),
    ],
)
def test_what_a_program_in_force_may_not_lack(content, code):
    with refuses(code):
        check_ready(content)


def test_a_whole_program_is_ready():
    check_ready(program(*map(str, range(MOST_TOPICS))))


@pytest.mark.parametrize("status", ["in_force", "superseded"])
def test_only_a_draft_is_written(status):
    check_draft("draft")
    with refuses("not_draft"):
        check_draft(status)


def test_a_difference_names_what_is_new_changed_moved_and_gone():
    old = program("Знакомство", "Дружба", "Ссоры", "Праздник")
    changed = Topic("Дружба", "цель", methods="игра")
    new = Content("Вместе", old.aims, topics=(old.topics[3], old.topics[0], changed, Topic("Семья", "цель")))
    assert [(one.of, one.how, one.fields) for one in difference(old, new)] == [
        ("text", "changed", ("title",)),
        ("topic", "moved", ()),
        ("topic", "changed", ("methods",)),
        ("topic", "added", ()),
        ("topic", "removed", ()),
    ]


def test_a_topic_with_the_same_goal_and_another_title_is_renamed():
    old = Content("Вместе", "цели", topics=(Topic("Знакомство", "узнать имена"), Topic("Ссоры", "мириться")))
    new = Content(
        "Вместе",
        "цели",
        topics=(Topic("Знакомство", "узнать имена"), Topic("Если поссорились", "Мириться", "сценка")),
    )
    (line,) = difference(old, new)
    assert (line.how, line.old.title, line.new.title) == ("renamed", "Ссоры", "Если поссорились")
    assert line.fields == ("title", "goal", "methods")
    other = Content("Вместе", "цели", topics=(Topic("Дружба", "мириться"), Topic("Ссоры", "мириться снова")))
    assert [one.how for one in difference(old, other)] == ["added", "changed", "removed"]


@given(TITLES, TITLES)
def test_a_difference_leads_from_one_version_to_the_other(before, after):
    old, new = program(*before), program(*after)
    found = difference(old, new)
    gone = {one.old.title for one in found if one.how in ("removed", "renamed")}
    come = {one.new.title for one in found if one.how in ("added", "renamed")}
    assert (set(before) - gone) | come == set(after)
    moved = {one.new.title for one in found if one.how == "moved"}
    still = [title for title in before if title in after and title not in moved]
    assert still == [title for title in after if title in before and title not in moved]
    assert not difference(new, new)


@given(st.lists(st.integers(), max_size=6), st.integers(-2, 7), st.integers(-2, 2))
def test_moving_loses_nothing(items, at, by):
    found = move(items, at, by)
    assert sorted(found) == sorted(items)
    if 0 <= at < len(items) and 0 <= at + by < len(items):
        assert found[at + by] == items[at]
    else:
        assert found == items


@pytest.mark.parametrize(
    ("given_keys", "place"), [((), 0), (("а",), 1), (("а", "в"), 3), (("в",), 3), (("г", "я"), 4)]
)
def test_the_next_topic_follows_the_last_that_was_given(given_keys, place):
    assert next_topic(["а", "б", "в", "г"], given_keys) == place
