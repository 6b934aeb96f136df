"""The given register read as its truth file tells, whatever the format and the order of its columns."""

import json
import random
from datetime import date
from pathlib import Path

import pytest

from portal.exchange.register import as_json, read_register
from portal.exchange.workbook import read_workbook
from tests.exchange.tables import make_csv, make_ods, make_xlsx

HERE = Path(__file__).parent
REGISTER = HERE.parent.parent / "portal" / "demo" / "register.xlsx"
TODAY = date(2026, 11, 22)
REGIMES = {"экстренный": "emergency", "плановый": "planned", "контрольный": "control"}
WHY = {
    "no consent": "no_consent",
    "impossible date": "impossible_date",
    "no parent": "no_representative",
    "unknown regime": "unknown_regime",
    "removed before enrolled": "removed_before_enrolled",
}


def expected() -> dict:
    """The truth file in the words of the issue."""
    truth = json.loads((HERE / "register.truth.json").read_text(encoding="utf-8"))
    families = [{**family, "regime": REGIMES[family["regime"]]} for family in truth["families"]]
    for family in families:
        family["representatives"] = family.pop("parents")
    return {
        "read": truth["read"]["rows_with_a_family"],
        "accepted": truth["read"]["good"],
        "refused": {row["row"]: WHY[row["why"]] for row in truth["bad_rows"]},
        "duplicates": truth["duplicates"],
        "families": families,
        "staff": [(person["fio"], person["position"], person["department"]) for person in truth["staff"]],
    }


def found(register) -> dict:
    told = as_json(register)
    assert all(refusal["message"] for refusal in told["refused"])
    refused = {refusal["row"]: refusal["why"] for refusal in told["refused"]}
    staff = [(worker.full_name, worker.position, worker.department) for worker in register.staff]
    return {**told, "refused": refused, "staff": staff}


def read(content: bytes, **options):
    return read_register(read_workbook(content), options.pop("today", TODAY), **options)


@pytest.fixture(scope="module")
def sheets() -> dict[str, list[list[object]]]:
    """The given workbook as rows, empty ones included."""
    full = {}
    for sheet in read_workbook(REGISTER):
        rows = dict(sheet.rows)
        full[sheet.name] = [list(rows.get(number, ())) for number in range(1, max(rows) + 1)]
    return full


def with_columns(rows: list[list[object]], order: list[int]) -> list[list[object]]:
    return [[row[place] for place in order] if row else [] for row in rows]


def test_the_given_register_is_read_as_its_truth_tells():
    assert found(read(REGISTER.read_bytes())) == expected()


def test_counts_add_up_and_no_row_is_lost():
    register = read(REGISTER.read_bytes())
    assert register.rows_read == len(register.accepted) + len(register.refused) + len(register.duplicates)
    assert len({family.row for family in register.accepted}) == 80
    assert register.missing == ()
    assert all(len(refusal.cells) == 13 for refusal in register.refused)
    assert {refusal.section for refusal in register.refused} == {
        "Семьи, находящиеся в социально опасном положении",
        "Семьи в трудной жизненной ситуации",
    }


def test_a_clock_that_runs_behind_does_not_refuse_what_the_title_dates():
    assert found(read(REGISTER.read_bytes(), today=date(2025, 1, 1))) == expected()


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_columns_does_not_matter(sheets, seed):
    order = random.Random(seed).sample(range(13), 13)
    shuffled = {**sheets, "Патронаж": with_columns(sheets["Патронаж"], order)}
    assert found(read(make_xlsx(shuffled))) == expected()


def test_the_same_as_ods(sheets):
    assert found(read(make_ods(sheets))) == expected()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_same_as_csv_with_the_staff_known_already(sheets, encoding, delimiter):
    staff = [row[0] for row in sheets["Специалисты"][1:]]
    register = read(make_csv(sheets["Патронаж"], delimiter, encoding), known_staff=staff)
    assert found(register) == {**expected(), "staff": []}
    assert all(family.lead_known for family in register.accepted)


def test_dates_as_bare_excel_numbers(sheets):
    def number(cell):
        return (cell - date(1899, 12, 30)).days if isinstance(cell, date) else cell

    bare = [[number(cell) for cell in row] for row in sheets["Патронаж"]]
    assert found(read(make_xlsx({**sheets, "Патронаж": bare}))) == expected()


def test_address_and_telephone_in_columns_of_their_own(sheets):
    apart = []
    for row in sheets["Патронаж"]:
        address, _, phone = (
            str(row[3]).partition("\n") if row and "\n" in str(row[3]) else ("", "", row[3] if row else "")
        )
        apart.append([*row[:3], address, phone, *row[4:]] if row else [])
    apart[3][3:5] = ["Место жительства", "Контактный телефон"]
    assert found(read(make_xlsx({**sheets, "Патронаж": apart}))) == expected()


def test_what_the_truth_file_does_not_tell_is_read_too():
    families = {family.row: family for family in read(REGISTER.read_bytes()).accepted}
    first = families[6]
    assert first.address == "пгт Верхнеднепровский, пер. Вольный, д. 58"
    assert (first.phone_text, first.phones) == ("739-64-01, сот. 8 9937396401", ("+79937396401",))
    assert [(child.name.full, child.born) for child in first.children] == [
        ("Бурова Регина Максимовна", date(2012, 2, 1)),
        ("Буров Эрнест Феодосьевич", date(2017, 10, 10)),
    ]
    assert first.categories == ("at_risk", "disabled_child")
    assert (first.basis, first.note, first.removal_reason) == (
        "СПМПК пр. 30 20.06.25",
        "мать работает вахтой",
        None,
    )
    assert families[7].categories == ("at_risk", "single_parent", "guardianship")
    assert (families[7].removal_reason, families[7].removal_reason_text) == (
        "consent_withdrawn",
        "отказ семьи (отзыв согласия)",
    )
    assert families[13].children[0].born is None and families[13].children[0].born_year == 2012
    assert families[20].children[0].name.full == "Стрелков Александр"
    assert families[9].children[0].name.full == "Комарова Оксана"
    assert {family.removal_reason for family in families.values()} == {
        None,
        "aims_reached",
        "consent_withdrawn",
        "institution",
        "moved",
        "of_age",
    }
    assert not any(family.warnings for family in families.values())


def test_without_the_staff_sheet_leads_stay_as_written_and_are_marked(sheets):
    register = read(make_xlsx({"Патронаж": sheets["Патронаж"]}))
    first = register.accepted[0]
    assert (first.lead, first.lead_known) == ("Кудряшова П. С.", False)
    assert [warning.code for warning in first.warnings] == ["unknown_lead"]
    assert len(register.accepted) == 80


def test_the_json_object_can_be_printed_and_says_messages_in_the_given_language():
    told = as_json(read(REGISTER.read_bytes()), lambda message, params: f"по-русски: {len(params)}")
    assert json.loads(json.dumps(told, ensure_ascii=False)) == told
    assert {refusal["message"][:10] for refusal in told["refused"]} == {"по-русски:"}
    assert set(told["families"][0]) == {
        "row", "representatives", "children", "phone", "categories", "consent", "enrolled", "regime", "lead",
        "removed",
    }  # fmt: skip
