"""One row of a register: a family that can be put on the books, or everything that is wrong with it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from portal.exchange.register_cells import (
    cell_text,
    is_nothing,
    read_categories,
    read_date,
    read_reason,
    read_regime,
)
from portal.exchange.register_columns import Columns
from portal.exchange.register_people import read_children, read_people, with_births
from portal.exchange.register_types import Person, Refusal, RegisterFamily, Remark
from portal.rules import N_, RuleBroken
from portal.rules.names import FullName, clean, matches_short, normalise, parse_full_name, split_people
from portal.rules.phones import find_phones, phone_span

MAX_TEXT = 4000
_LABEL_AT_END = re.compile(r"[\s,;.(]*\b(тел(ефон)?|сот|моб|дом|раб|т)?\.?\s*:?\s*$", re.IGNORECASE)


@dataclass
class SourceRow:
    """A row as it stands: where, under which section, its cells, and remarks made while it was gathered."""

    sheet: str
    number: int
    section: str
    cells: tuple[object, ...]
    remarks: list[Remark] = field(default_factory=list)


class RowReader:
    """Reads rows of one sheet; knows its columns, the staff, and the latest day that is not in the future."""

    def __init__(self, columns: Columns, staff: Sequence[FullName], latest: date) -> None:
        self.columns, self.staff, self.latest = columns, staff, latest

    def read(self, source: SourceRow) -> RegisterFamily | Refusal:
        """The family of a row, or its refusal with every mistake found."""
        return _Row(self, source).result()


class _Row:
    def __init__(self, reader: RowReader, source: SourceRow) -> None:
        self.columns, self.reader, self.source = reader.columns, reader, source
        self.mistakes: list[Remark] = []
        self.warnings = list(source.remarks)

    def result(self) -> RegisterFamily | Refusal:
        self._check_lengths()
        family = None if self.mistakes else self._family()
        if family is not None:
            return family
        first, *others = self.mistakes
        where = self.source
        return Refusal(
            where.sheet,
            where.number,
            first.code,
            first.message,
            first.params,
            where.cells,
            tuple(others),
            where.section,
        )

    def _family(self) -> RegisterFamily | None:
        representatives = self._people("representatives")
        if not representatives and not self.mistakes:
            self._refuse("no_representative", N_("No legal representative is named."))
        children = self._children(representatives)
        consent, enrolled, removed = self._dates()
        regime = self._regime()
        if self.mistakes or not (consent and enrolled and regime):
            return None
        lead, known = self._lead()
        codes, labels = self._categories()
        address, phones, phone_text = self._address()
        reason = self._text("removal_reason") if removed else ""
        return RegisterFamily(
            sheet=self.source.sheet,
            row=self.source.number,
            representatives=tuple(representatives),
            children=tuple(children),
            address=address,
            phones=tuple(phones),
            phone_text=phone_text,
            categories=codes,
            category_labels=labels,
            basis=clean(self._text("basis")),
            consent=consent,
            enrolled=enrolled,
            regime=regime,
            lead=lead,
            lead_known=known,
            removed=removed,
            removal_reason=read_reason(reason) if removed else None,
            removal_reason_text=clean(reason),
            note=self._text("note"),
            warnings=tuple(self.warnings),
        )

    def _text(self, field: str) -> str:
        text = self.columns.text(field, self.source.cells)
        return "" if is_nothing(text) else text

    def _refuse(self, code: str, message: str, **params: object) -> None:
        self.mistakes.append(Remark(code, message, params))

    def _warn(self, code: str, message: str, **params: object) -> None:
        self.warnings.append(Remark(code, message, params))

    def _check_lengths(self) -> None:
        for place, cell in enumerate(self.source.cells):
            length = len(cell) if isinstance(cell, str) else 0
            if length > MAX_TEXT:
                heading = self.columns.headings[place] if place < len(self.columns.headings) else ""
                message = N_(
                    "The text in «%(column)s» is too long: %(length)s characters, at most %(limit)s."
                )
                self._refuse("text_too_long", message, column=_short(heading), length=length, limit=MAX_TEXT)

    def _people(self, field: str) -> list[Person]:
        try:
            return read_people(self._text(field), self.reader.latest)
        except RuleBroken as broken:
            self._refuse_broken(broken, field)
            return []

    def _children(self, representatives: list[Person]) -> list[Person]:
        latest = self.reader.latest
        try:
            children = read_children(self._text("children"), representatives, latest)
            children = with_births(children, self._text("child_birth"), latest)
        except RuleBroken as broken:
            self._refuse_broken(broken, "children")
            return []
        if not children:
            self._refuse("no_children", N_("No child is named: patronage is for families with minors."))
        return children

    def _refuse_broken(self, broken: RuleBroken, field: str) -> None:
        code = {"future_birth": "future_date", "long_name": "text_too_long"}.get(broken.code, broken.code)
        self._refuse(code, broken.message, **broken.params, column=self.columns.heading(field))

    def _date(self, field: str) -> date | None:
        cells = self.columns.cells(field, self.source.cells)
        try:
            found = read_date(cells[0], self.reader.latest) if cells else None
        except RuleBroken as broken:
            self._refuse_date(broken, field, cell_text(cells[0]))
            return None
        if found and found > self.reader.latest:
            message = N_("The date in «%(column)s» has not come yet: %(value)s.")
            self._refuse(
                "future_date", message, column=self.columns.heading(field), value=f"{found:%d.%m.%Y}"
            )
        return found

    def _refuse_date(self, broken: RuleBroken, field: str, text: str) -> None:
        says_nothing = broken.code == "unreadable_date" and not any(char.isdigit() for char in text)
        if field == "consent" and says_nothing:
            return
        if field == "removed" and says_nothing and not normalise(text).startswith("снят"):
            self._warn(
                "removed_unclear",
                N_("«%(value)s» in «%(column)s» is no date: the family counts as on patronage."),
                value=text[:60],
                column=self.columns.heading(field),
            )
            return
        message = (
            N_("There is no such date in «%(column)s»: %(value)s.")
            if broken.code == "impossible_date"
            else N_("«%(value)s» in «%(column)s» is not a date.")
        )
        self._refuse(broken.code, message, value=text[:60], column=self.columns.heading(field))

    def _dates(self) -> tuple[date | None, date | None, date | None]:
        before = len(self.mistakes)
        consent, enrolled, removed = (self._date(field) for field in ("consent", "enrolled", "removed"))
        if len(self.mistakes) > before:
            return consent, enrolled, removed
        if consent is None:
            self._refuse("no_consent", N_("There is no date of a consent to patronage."))
        if enrolled is None:
            self._refuse("no_enrolled_date", N_("There is no date of enrollment."))
        if consent and enrolled and consent > enrolled:
            message = N_("The consent (%(consent)s) is later than the enrollment (%(enrolled)s).")
            self._refuse("consent_after_enrolled", message, **_days(consent=consent, enrolled=enrolled))
        if enrolled and removed and removed < enrolled:
            message = N_("The removal (%(removed)s) is earlier than the enrollment (%(enrolled)s).")
            self._refuse("removed_before_enrolled", message, **_days(removed=removed, enrolled=enrolled))
        if not removed and self._text("removal_reason"):
            self._warn(
                "reason_without_date",
                N_("There is a reason of removal but no date: the family counts as on patronage."),
            )
        return consent, enrolled, removed

    def _regime(self) -> str | None:
        text = clean(self._text("regime"))
        regime = read_regime(text) if text else None
        if not text:
            self._refuse(
                "unknown_regime", N_("The kind of patronage is not given: emergency, planned or control.")
            )
        elif regime is None:
            message = N_("«%(value)s» is no kind of patronage: emergency, planned or control.")
            self._refuse("unknown_regime", message, value=text[:60])
        return regime

    def _lead(self) -> tuple[str | None, bool]:
        written = split_people(self._text("lead"))
        if not written:
            self._warn("no_lead", N_("No lead specialist is named."))
            return None, False
        if len(written) > 1:
            self._warn("several_leads", N_("Several specialists are named; the first becomes the lead."))
        name = parse_full_name(written[0])
        fits = [person for person in self.reader.staff if person.key == name.key]
        fits = fits or [person for person in self.reader.staff if matches_short(person, written[0])]
        if len(fits) == 1:
            return fits[0].full, True
        if fits:
            self._warn("ambiguous_lead", N_("Several workers fit «%(name)s»."), name=name.full[:60])
        else:
            self._warn("unknown_lead", N_("«%(name)s» is not in the list of staff."), name=name.full[:60])
        return name.full[:200], False

    def _categories(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        codes, labels, unknown = read_categories(self._text("categories"), self.source.section)
        for label in unknown:
            self._warn("unknown_category", N_("The category «%(name)s» is not in our list."), name=label[:60])
        return codes, labels

    def _address(self) -> tuple[str, list[str], str]:
        apart, address = self._text("phone"), self._text("address")
        rest = ""
        for joint in (self._text("address_phone"), address if not apart else ""):
            if joint:
                address, rest = split_address(joint)
        phone_text = "\n".join(filter(None, (apart, rest)))
        phones = find_phones(phone_text)
        if not phones:
            self._warn("no_phone", N_("There is no telephone number that can be dialed."))
        return " ".join(address.split("\n")), phones, clean(phone_text)


def split_address(text: str) -> tuple[str, str]:
    """Address and telephones of one cell."""
    span = phone_span(text)
    if span is None:
        return text, ""
    before = _LABEL_AT_END.sub("", text[: span[0]])
    return (before, text[span[0] :]) if before.strip() else (text[span[1] :].strip(" ,;\n"), text[: span[1]])


def _days(**days: date) -> Mapping[str, str]:
    return {name: f"{day:%d.%m.%Y}" for name, day in days.items()}


def _short(heading: str) -> str:
    return " ".join(heading.split())[:80]


def staff_names(names: Iterable[str]) -> list[FullName]:
    """Names of workers, each once."""
    return list({name.key: name for name in map(parse_full_name, names)}.values())
