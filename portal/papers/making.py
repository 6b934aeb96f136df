"""A paper of an object, made from the data as they are now."""

from datetime import date
from typing import Literal

from flask import current_app, has_request_context, url_for

from portal import clock
from portal.i18n import speaking
from portal.papers import facts as said
from portal.papers import layouts, template_queries
from portal.papers.kind import Facts, Kind
from portal.papers.layouts import Layout
from portal.rules import N_, RuleBroken
from portal.rules.names import parse_full_name
from portal.settings import queries as settings

Format = Literal["pdf", "docx"]


def make(
    kind: Kind,
    object_id: int,
    format: Format,  # noqa: A002 - the word of those who ask
    *,
    blank: bool = False,
    number: str = "",
    day: date | None = None,
) -> bytes:
    """The paper as a file; `number` and `day` are the register's, a blank is to be filled in by hand."""
    layout = layouts.read(kind.code)
    with speaking("ru"):
        own = kind.facts(object_id)
        facts = (_shaped(kind.sample, own) if blank else own) | common(number, day)
    address = paper_address(kind, object_id)
    if format == "docx":
        return _editable(layout, facts, blank, address)
    from portal.papers import pdf

    return pdf.draw(layout, facts, blank=blank, qr=address)


def _editable(layout: Layout, facts: Facts, blank: bool, address: str) -> bytes:
    """The DOCX, made of the center's own template where there is one. Raises template_fails."""
    from jinja2 import TemplateError

    from portal.papers import word

    own = template_queries.own_file(layout.code)
    try:
        return word.draw(layout, facts, template=own, blank=blank, qr=address)
    except TemplateError:
        if own is None:
            raise
        message = N_(
            "The center's own template of this paper does not fit any more: ask the administrator to look at it"
            " under Settings, Templates of papers."
        )
        raise RuleBroken("template_fails", message) from None


def common(number: str = "", day: date | None = None) -> Facts:
    """What each paper has: the center, the register's number and day, today, the country's law and words."""
    from portal.papers.name_cases import decline

    name = parse_full_name(settings.value("director"))
    director = decline(name.last, name.first, name.middle)
    position = settings.value("director_position")
    today = clock.today()
    return {
        "center": {
            "name": settings.value("centre_name"),
            "details": settings.value("centre_details"),
            "director": director.short,
            "director_full": director.nominative,
            "director_dative": director.dative_parts.short,
            "director_genitive": director.genitive_parts.short,
            "director_position": position,
            "director_position_dative": said.position_dative(position),
            "director_full_genitive": director.genitive,
            "director_position_genitive": said.position_genitive(position),
        },
        "paper": {"number": number, "day": said.day(day), "day_words": said.day_words(day)},
        "today": {"day": said.day(today), "words": said.day_words(today)},
        **said.legal(current_app.config["COUNTRY"]),
    }


def tried(kind: Kind) -> Facts:
    """All facts of the kind's sample, of invented people and an invented center: no data are asked."""
    return said.sample_common(current_app.config["COUNTRY"]) | kind.sample


def paper_address(kind: Kind, object_id: int) -> str:
    """Where the QR leads for years to come: to the portal's own address, whichever its printer has used."""
    found = kind.leads_to(object_id) if kind.leads_to else None
    endpoint, values = found or ("papers.show", {"paper_code": kind.code, "object_id": object_id})
    base = current_app.config["PORTAL_URL"]
    if has_request_context():
        return f"{base}{url_for(endpoint, **values, _external=not base)}"
    return f"{base}{current_app.url_map.bind('').build(endpoint, values)}"


def _shaped(sample: Facts, own: Facts) -> Facts:
    """The facts, with the rows of the sample where they have none: a blank has to know what its rows are of."""
    return {name: value or sample.get(name, value) for name, value in own.items()}
