"""What the papers of the consilium say alike: what an item is about, and how a seat took part."""

from collections.abc import Mapping
from typing import Any

from flask import current_app

from portal.consilium import labels
from portal.papers.facts import clock_time, day
from portal.papers.law import WORDS
from portal.papers.name_cases import decline

_ABOUT = {
    "enroll": "О постановке на социальный {accusative} {family}",
    "refuse": "Об отказе в постановке на социальный {accusative} {family}",
    "remove": "О снятии с социального {genitive} {family}",
    "regime": "Об изменении режима социального {genitive} {family}",
    "term": "Об изменении срока социального {genitive} {family}",
    "extend": "О продлении срока социального {genitive} {family}",
    "ratify": "Об утверждении экстренного режима социального {genitive} {family}",
    "transfer": "О передаче {family} на сопровождение в другое учреждение",
}


def words() -> dict[str, str]:
    """Патронаж or патронат in its cases, by the country."""
    return WORDS[current_app.config["COUNTRY"]]


def of_country(sentence: str) -> str:
    """A sentence of the portal with the country's word: патронат for патронаж, in any case."""
    said = words()["patronage"]
    return sentence.replace("патронаж", said).replace("Патронаж", said.capitalize())


def family(number: int | None, surname: str | None) -> str:
    """«семьи Соколовой (карта № 12)»: as agendas and minutes name a family, by surname and number alone."""
    name = decline(surname or "").genitive
    return f"семьи {name} (карта № {number})"


def about(kind: str, question: str, named: str) -> str:
    """«О постановке на социальный патронаж семьи Соколовой (карта № 12)»; of a free question its own words."""
    if kind == "question":
        return question
    said = words()
    return _ABOUT[kind].format(
        accusative=said["patronage_accusative"], genitive=said["patronage_genitive"], family=named
    )


def seat_note(seat: Mapping[str, Any], mark: str) -> str:
    """«по видео; без права голоса»: what is to be known of a seat; `mark` is the presence that is said."""
    notes = [] if seat["presence"] != mark else [str(labels.PRESENCE[mark][1])]
    return "; ".join([*notes, *([] if seat["votes"] else ["без права голоса"])])


def changes(came: list[tuple[Any, str]], opened_on: str) -> str:
    """«10:05 присутствует, 10:40 отсутствует»; with the day where the meeting went on past it."""
    found = []
    for at, mark in came:
        when = clock_time(at) if day(at) == opened_on else f"{day(at)} {clock_time(at)}"
        found.append(f"{when} {labels.PRESENCE[mark][1]}")
    return ", ".join(found)
