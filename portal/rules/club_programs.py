"""The program of a club: what it must say before it is in force, how versions differ, which topic is next.

CLUB 5, stage 1: «разработка программы занятий», «подготовка реквизита»; stage 3: «сообщение темы и цели занятия»:
so every topic has its goal before anybody can hold a session on it (R15).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from portal.rules import N_, RuleBroken
from portal.rules.names import normalise

MOST_TOPICS = 60
TEXTS = ("title", "aims", "audience")
TOPIC_FIELDS = ("title", "goal", "methods", "props")


@dataclass(frozen=True)
class Topic:
    """A topic: what it is about, what it is for, how it is worked on, what has to be prepared."""

    title: str
    goal: str = ""
    methods: str = ""
    props: str = ""

    @property
    def key(self) -> str:
        """By which a topic is known in another version."""
        return normalise(self.title)


@dataclass(frozen=True)
class Content:
    """All that is written in a version."""

    title: str = ""
    aims: str = ""
    audience: str = ""
    topics: tuple[Topic, ...] = ()


class Change(NamedTuple):
    """A line of a difference: `of` text or topic; `how` added, removed, renamed, changed or moved; `fields` differ."""

    of: str
    how: str
    old: Content | Topic | None
    new: Content | Topic | None
    fields: tuple[str, ...] = ()


def check_ready(content: Content) -> None:
    """A program in force says its aims and has topics, each once and with a goal (CLUB 5, R15).

    Raises no_aims, no_topics, too_many_topics, no_goal, topic_twice.
    """
    if not content.aims:
        raise RuleBroken("no_aims", N_("Write the aims of the program first."))
    if not content.topics:
        raise RuleBroken("no_topics", N_("Add the topics of the program first."))
    if len(content.topics) > MOST_TOPICS:
        raise RuleBroken("too_many_topics", N_("A program has up to %(most)s topics."), most=MOST_TOPICS)
    for topic in content.topics:
        if not topic.goal:
            message = N_("The topic “%(topic)s” has no goal yet: recipients are told topic and goal.")
            raise RuleBroken("no_goal", message, topic=topic.title)
    twice = [key for key, count in Counter(topic.key for topic in content.topics).items() if count > 1]
    if twice:
        title = next(topic.title for topic in content.topics if topic.key == twice[0])
        message = N_("The topic “%(topic)s” stands there twice. Name the parts apart, or remove one.")
        raise RuleBroken("topic_twice", message, topic=title)


def check_draft(status: str) -> None:
    """What was in force stays as it is: only a draft is written, put in force or thrown away. Raises not_draft."""
    if status != "draft":
        message = N_("This version is in force or was: it stays as it is. Write the next one.")
        raise RuleBroken("not_draft", message)


def difference(old: Content, new: Content) -> list[Change]:
    """What the new version changes, in its order; what is gone comes last.

    Topics are known by their titles, and by their goals where they have another title only.
    """
    texts = _fields(TEXTS, old, new)
    found = [Change("text", "changed", old, new, texts)] if texts else []
    before = {topic.key: topic for topic in old.topics}
    former = _renamed(old, new)
    here = {topic.key for topic in new.topics} | {topic.key for topic in former.values()}
    moved = _moved([topic.key for topic in old.topics], [topic.key for topic in new.topics])
    for topic in new.topics:
        known = before.get(topic.key)
        if topic.key in former:
            was = former[topic.key]
            found.append(Change("topic", "renamed", was, topic, _fields(TOPIC_FIELDS, was, topic)))
        elif known is None:
            found.append(Change("topic", "added", None, topic))
        elif fields := _fields(TOPIC_FIELDS, known, topic):
            found.append(Change("topic", "changed", known, topic, fields))
        elif topic.key in moved:
            found.append(Change("topic", "moved", known, topic))
    return found + [Change("topic", "removed", one, None) for one in old.topics if one.key not in here]


def _renamed(old: Content, new: Content) -> dict[str, Topic]:
    """The former topic of each new one whose goal only that one had, and nobody else has now."""
    before, now = _by_goal(old), _by_goal(new)
    titles = {topic.key for topic in old.topics} & {topic.key for topic in new.topics}
    return {
        topic.key: before[goal]
        for goal, topic in now.items()
        if goal in before and not {topic.key, before[goal].key} & titles
    }


def _by_goal(content: Content) -> dict[str, Topic]:
    """The topics by their goals, without goals that several have."""
    often = Counter(normalise(topic.goal) for topic in content.topics)
    return {goal: topic for topic in content.topics if (goal := normalise(topic.goal)) and often[goal] == 1}


def _fields(names: tuple[str, ...], old: object, new: object) -> tuple[str, ...]:
    return tuple(name for name in names if getattr(old, name) != getattr(new, name))


def _moved(old: list[str], new: list[str]) -> set[str]:
    """Of what both have, what would have to be taken out so that the rest is in the same order."""
    place = {key: n for n, key in enumerate(old)}
    both = [key for key in new if key in place]
    best: list[list[str]] = []
    for n, key in enumerate(both):
        before = [best[m] for m in range(n) if place[both[m]] < place[key]]
        best.append([*_longest(before), key])
    return set(both) - set(_longest(best))


def _longest(runs: list[list[str]]) -> list[str]:
    return max(runs, key=lambda run: len(run)) if runs else []


Item = TypeVar("Item")


def move(items: Sequence[Item], at: int, by: int) -> list[Item]:
    """The items with the one at `at` moved by so many places; as they were when there is no such place."""
    found, to = list(items), at + by
    if 0 <= at < len(found) and 0 <= to < len(found):
        found.insert(to, found.pop(at))
    return found


def next_topic(keys: Sequence[str], given: Iterable[str]) -> int:
    """The place of the first topic after the last that was given; 0 when none was, len(keys) when all were."""
    known = set(given)
    return max((place + 1 for place, key in enumerate(keys) if key in known), default=0)
