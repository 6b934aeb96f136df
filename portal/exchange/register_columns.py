"""Which column of a table is which, told by its headings: any order, many wordings, anywhere near the top."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.exchange.register_cells import cell_text
from portal.exchange.workbook import Sheet
from portal.rules.names import normalise

HEADING_ROWS = 30
NOTHING: Mapping[str, str] = {}
REQUIRED = ("representatives", "children", "consent", "enrolled", "regime")
_NAME = r"ф\.? ?и\.? ?о\b|фамили"
# The first pattern that fits decides; None: a column known to be none of ours.
_FIELDS: tuple[tuple[str | None, str], ...] = (
    ("number", r"^(№|n|no|номер|#)? ?(п ?[/\\.]? ?п)?\.?$"),
    (
        None,
        r"место (работ|учеб)|образовани|снилс|паспорт|доход|\bинн\b|отзыв соглас|кол-?во|количеств|число дет",
    ),
    (None, r"^(школа|класс|пол|возраст|№? ?договор\w*|срок\b.*)$"),
    ("removal_reason", r"причин|основани\w* (для )?снят"),
    ("consent", r"соглас"),
    ("removed", r"снят|снимае|исключен|прекращ|выбыт|закрыт"),
    ("enrolled", r"^дат.*(постанов|постав|зачисл|приня|включ|начал|взят)"),
    ("basis", r"основани|протокол|приказ|распоряжен|решени"),
    ("enrolled", r"постановк|поставлен|зачислен|принят|включен|начал[оа]|взят\w* на"),
    ("lead", r"специалист|куратор|закреплен|ответственн|педагог|патронирующ|ведущий"),
    ("categories", r"категори|статус|вид учет|тип семь"),
    ("regime", r"^вид$|режим|(вид|форма|тип|характер) (социальн\w* )?(патрон|сопровожд|посещ)"),
    ("address_phone", r"адрес.*(тел|контакт|сот)|(тел|контакт|сот).*адрес"),
    ("phone", r"телефон|\bтел\b|контакт|сотов|мобильн"),
    ("address", r"адрес|жительств|проживани|регистраци"),
    ("note", r"примечан|коммент|замечани|отметк|дополнительн"),
)
_CHILDREN = re.compile(r"\bдет(и|ей|ям|ьми)\b|ребен|\bребят|несовершеннолетн|подопечн")
_PARENTS = re.compile(r"родител|законн|представител|\bмат(ь|ер)|\bотец|\bотц|\bопекун|заявител")
_BIRTH = re.compile(r"^(дат|год|день|число)\w*( и год)? рожд")
_ANYONE = re.compile(rf"^({_NAME}|семья$|семьи$|фамилия семьи)")


@dataclass(frozen=True)
class Columns:
    """The places of each field found (it may have several columns), the headings, the first row of data."""

    places: dict[str, tuple[int, ...]]
    headings: tuple[str, ...]
    first_row: int

    def cells(self, field: str, row: Sequence[object]) -> list[object]:
        """The filled cells of one field."""
        return [
            row[place] for place in self.places.get(field, ()) if place < len(row) and cell_text(row[place])
        ]

    def text(self, field: str, row: Sequence[object]) -> str:
        """The text of one field, one column under the other."""
        return "\n".join(cell_text(cell) for cell in self.cells(field, row))

    def heading(self, field: str) -> str:
        """The heading as the file spells it, on one line."""
        places = self.places.get(field) or self.places.get("address_phone", ())
        return " ".join(self.headings[places[0]].split())[:80] if places else ""


def find_columns(sheet: Sheet, said: Mapping[str, str] = NOTHING) -> Columns | None:
    """The columns of a register of families, or None when the sheet is none.

    `said`: what headings, normalized, mean as somebody has said by hand; "" for nothing.
    """
    best: Columns | None = None
    top = sheet.rows[:HEADING_ROWS]
    for place, (_, cells) in enumerate(top):
        texts = [cell_text(cell) for cell in cells]
        best = _better(best, texts, place + 1, said)
        if place + 1 < len(top):
            below = [cell_text(cell) for cell in top[place + 1][1]]
            if (
                not any(char.isdigit() for char in "".join(below))
                and len([text for text in below if text]) > 1
            ):
                best = _better(best, _stacked(texts, below), place + 2, said)
    return best


def find_staff_columns(sheet: Sheet) -> tuple[dict[str, int], int] | None:
    """The places of name, position and department in a list of workers and its first row, or None."""
    wanted = {
        "name": rf"{_NAME}|сотрудник|специалист|работник",
        "position": r"должност",
        "department": "отдел|подраздел",
    }
    for place, (_, cells) in enumerate(sheet.rows[:HEADING_ROWS]):
        texts = [normalise(cell_text(cell)) for cell in cells]
        found: dict[str, int] = {}
        for field, pattern in wanted.items():
            fits = [at for at, text in enumerate(texts) if len(text) < 60 and re.search(pattern, text)]
            if fits:
                found[field] = fits[0]
        if "name" in found and "position" in found and found["name"] != found["position"]:
            return found, place + 1
    return None


def _stacked(upper: list[str], lower: list[str]) -> list[str]:
    """Headings of two rows, the upper one merged over several columns."""
    width = max(len(upper), len(lower))
    upper, lower = upper + [""] * (width - len(upper)), lower + [""] * (width - len(lower))
    joined, group = [], ""
    for above, below in zip(upper, lower, strict=True):
        group = above or (group if below else "")
        joined.append(below if _field(normalise(below)) else f"{group} {below}".strip())
    return joined


def _better(
    best: Columns | None, texts: list[str], first_row: int, said: Mapping[str, str]
) -> Columns | None:
    places: dict[str, tuple[int, ...]] = {}
    anyone = None
    for place, text in enumerate(texts):
        field = meaning(text, said)
        if field == "anyone":
            anyone = place if anyone is None else anyone
        elif field:
            places[field] = (*places.get(field, ()), place)
    if anyone is not None and "representatives" not in places:
        places["representatives"] = (anyone,)
    named = {"representatives", "children"} & places.keys()
    if len(places) < 3 or not named or (best and len(places) <= len(best.places)):
        return best
    return Columns(places, tuple(texts), first_row)


def meaning(heading: str, said: Mapping[str, str]) -> str | None:
    """The field of a heading, "anyone" for a name of nobody in particular; None for none."""
    text = normalise(heading)
    return said[text[:200]] or None if text[:200] in said else _field(text)


def _field(heading: str) -> str | None:
    if not heading or len(heading) > 200:
        return None
    parents, children = _PARENTS.search(heading), _CHILDREN.search(heading)
    if _BIRTH.search(heading):
        return None if parents else "child_birth"
    for field, pattern in _FIELDS:
        if re.search(pattern, heading):
            return field
    if parents and (not children or parents.start() < children.start()):
        return "representatives"
    if children:
        return "children"
    return "anyone" if _ANYONE.search(heading) else None
