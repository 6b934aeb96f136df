"""The people of one cell: several at once, with or without dates, family names, numbering and remarks."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from portal.exchange.register_cells import DATE, is_nothing, match_date
from portal.exchange.register_types import Person
from portal.rules import N_, RuleBroken
from portal.rules.names import (
    PARTICLES,
    FullName,
    clean,
    is_patronymic,
    parse_full_name,
    split_people,
    surname_for,
    tidy_name,
)
from portal.rules.phones import find_phones, phone_span

MAX_NAME = 100
_AFTER_BIRTH = r"\)?[ ]*(?:г\.? ?р\.?|года? рожд\w*\.?|год\w*\b|г\.)?\)?"
_ANY_DATE = re.sub(r"\?P<\w+>", "?:", DATE.pattern)
_NEXT_AFTER_DATE = re.compile(rf"((?:{_ANY_DATE}){_AFTER_BIRTH})[ .]+(?=[^\W\d_])", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\([^()\n]*\)")
_NO_NAME = re.compile(
    r"м[бка]д?оу|сош|гбоу|доу|овз|соп|тжс|кдн|пдн|школ[аы]|детск\w+|сад|лицей|гимназия|колледж|класс|группа|"
    r"инвалид|студент\w*"
)
_NUMBERING = re.compile(r"(^|[\n;,]|\s)[ ]*[0-9]{1,2}[.)][ ]*(?=[^\W\d_])")
_YEAR = re.compile(r"(?<![0-9.])((?:19|20)[0-9]{2})(?![0-9.\-])")
_BIRTH_WORDS = re.compile(
    r"\b(г\.? ?р\b\.?|год\w* рожд\w*|дата рожд\w*|род\.|д\.? ?р\b\.?|года?\b|г\.(?=\s|$|\)))", re.IGNORECASE
)
_AGE = re.compile(r"\b[0-9]{1,2} ?(лет|года?|мес\w*|л\.)(?=\W|$)", re.IGNORECASE)
_RELATION = re.compile(
    r"\b((при[её]мн\w+ )?(мать|отец|мама|папа)|мачеха|отчим|бабушка|дедушка|опекун(ша)?|попечитель(ница)?|"
    r"т[её]тя|дядя|сестра|брат|сын|дочь)\b(?=\s*[-–—:,)]|\s*$|\s)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_][^\W\d_'’ʼ.\-]*(?:['’ʼ.\-]+[^\W\d_]*)*")
_AND = re.compile(r"\s+и\s+(?=[А-ЯЁA-Z])")


def read_people(text: str, latest: date) -> list[Person]:
    """Everybody named in a cell, in its order.

    Raises RuleBroken impossible_date, future_birth, odd_name or long_name.
    """
    people: list[Person] = []
    if is_nothing(text):
        return people
    odd = ""
    for part in split_people(_one_a_part(text)):
        found, rest = _read_part(part, latest)
        words = _name_words(rest, bool(found.born_year))
        if words and all(map(is_patronymic, words)) and people and not people[-1].name.middle:
            people[-1] = replace(people[-1], name=parse_full_name(f"{people[-1].name.full} {words[0]}"))
        elif words:
            people.append(replace(found, name=_name(words)))
            continue
        elif _is_odd(rest):
            odd = odd or rest
        if people:
            people[-1] = _completed(people[-1], found)
    if odd:
        raise RuleBroken("odd_name", N_("«%(name)s» cannot be read as a name."), name=odd[:60])
    return people


def read_children(text: str, family: Iterable[Person], latest: date) -> list[Person]:
    """The children of a cell; one written by the given name only takes the family's name."""
    named = [person.name for person in family]
    children = [replace(child, name=_given_only(child.name)) for child in read_people(text, latest)]
    named += [child.name for child in children]
    return [
        child
        if child.name.last
        else replace(child, name=replace(child.name, last=surname_for(child.name, named)))
        for child in children
    ]


def with_births(children: list[Person], births: str, latest: date) -> list[Person]:
    """Children completed from a column of birth dates, line by line; left alone where the counts differ."""
    parts = split_people(births)
    if len(parts) != len(children):
        return children
    return [
        _completed(child, _read_part(part, latest)[0]) for child, part in zip(children, parts, strict=True)
    ]


def _given_only(name: FullName) -> FullName:
    return FullName("", name.last) if name.last and not name.first else name


def _one_a_part(text: str) -> str:
    text = "\n".join(clean(line) for line in text.split("\n"))
    text = _IN_BRACKETS.sub(lambda match: re.sub("[,;]", " ", match[0]), text).replace(" / ", ";")
    text = _NUMBERING.sub(r"\1;", text)
    return _AND.sub(";", _NEXT_AFTER_DATE.sub(r"\1;", text))


def _read_part(part: str, latest: date) -> tuple[Person, str]:
    """Birth date or year and relation of a part, and what remains of it."""
    born = None
    if find_phones(part) and (span := phone_span(part)):
        part = part[: span[0]] + part[span[1] :]
    if match := DATE.search(part):
        born = match_date(match, latest)
        if born > latest:
            raise RuleBroken("future_birth", N_("The birth date %(value)s has not come yet."), value=match[0])
        part = part[: match.start()] + " " + part[match.end() :]
    years = [int(year) for year in _YEAR.findall(part) if int(year) <= latest.year]
    relation = _RELATION.search(part)
    for pattern in (_YEAR, _AGE, _BIRTH_WORDS, _RELATION, _IN_BRACKETS):
        part = pattern.sub(" ", part)
    year = born.year if born else (years[0] if years else None)
    person = Person(FullName(""), born, year, relation[1].lower() if relation else "")
    return person, clean(re.sub(r"[()\[\]]", " ", part))


def _completed(person: Person, found: Person) -> Person:
    return replace(
        person,
        born=person.born or found.born,
        born_year=person.born_year or found.born_year,
        relation=person.relation or found.relation,
    )


def _name_words(text: str, dated: bool) -> list[str]:
    """The words of a name at the beginning of a text; none when it is a remark («школа № 5», «инвалид»)."""
    words = [word.strip(',:;!?"«»') for word in text.split()]
    words = [word for word in words if any(char not in "–—-." for char in word)]
    if any(_NO_NAME.fullmatch(word.lower().strip(".")) for word in words[:2]):
        return []
    if len(words) > 1 and all(word.islower() for word in words) and any(map(is_patronymic, words)):
        words = tidy_name(" ".join(words)).split()
    name: list[str] = []
    for word in words:
        if (word.islower() and word not in PARTICLES) or word[0].isdigit() or word[0] == "№":
            break
        if not _WORD.fullmatch(word):
            return []
        name.append(word)
    remark = len(name) == 1 and len(words) > 1 and not dated
    return name if len(name) <= 6 and len("".join(name)) > 1 and not remark else []


def _name(words: list[str]) -> FullName:
    text = " ".join(words)
    if len(text) > MAX_NAME:
        message = N_("A name of %(length)s letters is too long: at most %(limit)s.")
        raise RuleBroken("long_name", message, length=len(text), limit=MAX_NAME)
    return parse_full_name(text)


def _is_odd(text: str) -> bool:
    """Whether a text looks like a name but holds signs that belong in none: «Мария 😀»."""
    signs = any(unicodedata.category(char) in {"So", "Sm", "Sk", "Cn", "Co"} for char in text)
    return signs and not any(char.isdigit() for char in text)
