"""The workbook of refused rows is made whatever stood in the one that came."""

import io
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from portal.exchange.mended import refused_workbook
from portal.exchange.register_types import Refusal


def _made(*names: str, cell: Any = "а") -> CalamineWorkbook:
    headings = {name: ["Семья"] for name in names}
    refusals = [Refusal(name, 2, "code", "message", {}, (cell,)) for name in names]
    data = refused_workbook(headings, refusals, "Почему", lambda _refusal: "потому")
    return CalamineWorkbook.from_filelike(io.BytesIO(data))


@pytest.mark.parametrize("cell", [float("inf"), float("-inf"), float("nan")])
def test_a_number_that_is_none_comes_back_as_text(cell: float) -> None:
    book = _made("Лист", cell=cell)
    assert book.get_sheet_by_name("Лист").to_python()[1] == [str(cell), "потому"]


@pytest.mark.parametrize(
    "names",
    [
        ("Реестр семей на патронаже за январь", "Реестр семей на патронаже за янтарь и март"),
        ("Семьи/дети", "семьи?ДЕТИ", "Семьи:дети"),
        ("Реестр семей на патронаже за год", "Реестр семей на патронаже за год 2025", "'' ", "1"),
    ],
)
def test_sheets_whose_names_differ_too_late_are_kept_apart(names: tuple[str, ...]) -> None:
    found = _made(*names).sheet_names
    assert len({one.casefold() for one in found}) == len(names)
    assert all(0 < len(one) <= 31 for one in found)
