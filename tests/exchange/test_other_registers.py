"""Registers of other imaginary centres, and rows with every mistake."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.exchange.register import read_register
from portal.exchange.workbook import Sheet, read_workbook
from portal.rules import RuleBroken
from tests.exchange.tables import CELL, make_xlsx

TODAY = date(2026, 11, 22)
HEADINGS = [
    "№",
    "ФИО родителей",
    "Дети",
    "Телефон",
    "Категория",
    "Согласие",
    "Дата постановки",
    "Вид",
    "Куратор",
]
HEADINGS += ["Снята", "Причина снятия"]
GOOD = [1.0, "Иванова Мария Петровна", "Иванов Пётр, 01.02.2015", "8 912 345-67-89", "СОП", "01.03.2025"]
GOOD += ["10.03.2025", "плановый", "Сидорова А.А.", "", ""]


def register_of(*rows, headings=HEADINGS, name="Лист1", **options):
    table = [headings, *rows]
    numbered = [(number, tuple(row)) for number, row in enumerate(table, 1) if row]
    return read_register([Sheet(name, numbered)], TODAY, **options)


def row_with(**changes):
    fields = dict(
        zip(["n", "parents", "children", "phone", "category", "consent", "enrolled"], GOOD, strict=False)
    )
    fields |= {"regime": GOOD[7], "lead": GOOD[8], "removed": "", "reason": ""}
    return list((fields | changes).values())


OTHER_CENTRE = [
    [],
    ["", "Реестр семей, сопровождаемых отделением «Надежда»"],
    [],
    [
        "Куратор", "Вид", "Дата постановки на учёт", "Письменное согласие получено",
        "Дети (ФИО, год рождения)", "Место работы родителей", "ФИО законного представителя", "Телефон",
        "Адрес", "Статус семьи", "№ договора",
        "Снята с учета (дата)", "Почему снята / причина", "Комментарий",
    ],
    [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0],
    [
        "Орлова Н. В.", "Плановый патронаж", date(2025, 9, 1), "да, 28.08.2025",
        "1) Ким Лев, 2014; 2) Ким Ия Сергеевна - 2019 г.р. (д/с № 4)", "не работает",
        "Ким Ольга Юрьевна (мать)", "8(912)3456789, дом. 2-14-15", "с. Заречное, ул. Новая, 5",
        "многодетная, малоимущая", "17/а", "состоит", "", "любит шахматы",
    ],
    ["Категория ТЖС"],
    [
        "Орлова Наталья Викторовна", "ЭКСТРЕННЫЙ", "«05» мая 2024 г.", "5 мая 2024",
        "Алиева Лейла Гусейн кызы 2013 года рождения", "",
        "опекун: Алиев Мамед Гусейн оглы", "+375 (29) 123-45-67", "г. Орша", "опекаемые", "", "01.02.2025",
        "истёк срок", "",
    ],
    ["", "", "", "", "Алиев Тимур 01.02.2016", "", "", "", "", "", "", "", "", ""],
    ["Всего: 2 семьи"],
    ["Директор", "_________", "Петров П.П."],
]  # fmt: skip


def test_a_register_of_another_centre():
    register = read_register(read_workbook(make_xlsx({"Сопровождение": OTHER_CENTRE})), TODAY)
    assert [(refusal.row, refusal.why) for refusal in register.refused] == []
    kim, aliev = register.accepted
    assert register.rows_read == 2 and register.staff == []

    assert kim.row == 6
    assert [person.name.full for person in kim.representatives] == ["Ким Ольга Юрьевна"]
    assert kim.representatives[0].relation == "мать"
    assert [(child.name.full, child.born_year) for child in kim.children] == [
        ("Ким Лев", 2014),
        ("Ким Ия Сергеевна", 2019),
    ]
    assert (kim.phones, kim.address) == (("+79123456789",), "с. Заречное, ул. Новая, 5")
    assert (kim.consent, kim.enrolled, kim.removed) == (date(2025, 8, 28), date(2025, 9, 1), None)
    assert (kim.regime, kim.lead, kim.note) == ("planned", "Орлова Н. В.", "любит шахматы")
    assert kim.categories == ("large", "low_income")
    assert {"removed_unclear", "unknown_lead"} == {warning.code for warning in kim.warnings}

    assert aliev.row == 8
    assert aliev.representatives[0].name.full == "Алиев Мамед Гусейн оглы"
    assert [child.name.full for child in aliev.children] == ["Алиева Лейла Гусейн кызы", "Алиев Тимур"]
    assert (aliev.phone, aliev.regime) == ("+375291234567", "emergency")
    assert (aliev.removed, aliev.removal_reason) == (date(2025, 2, 1), "term_ended")
    assert aliev.category_labels == ("ТЖС", "опекаемые") and aliev.categories == ("hardship", "guardianship")
    assert "continued" in {warning.code for warning in aliev.warnings}


def test_headings_over_two_rows():
    top = ["№", "Семья", "", "Согласие", "Постановка на патронаж", "", "Куратор"]
    low = ["", "родители", "дети", "(дата)", "дата", "вид патронажа", ""]
    row = [
        1.0,
        "Иванова Мария Петровна",
        "Оля, 2015",
        "01.03.2025",
        "10.03.2025",
        "контрольный",
        "Сидорова А.А.",
    ]
    (family,) = register_of(low, row, headings=top).accepted
    assert (family.regime, family.enrolled, family.children[0].name.full) == (
        "control",
        date(2025, 3, 10),
        "Иванова Оля",
    )


def test_mother_and_father_and_birth_dates_in_columns_of_their_own():
    headings = ["Мать", "Отец", "Ребенок", "Дата рождения ребёнка", "Дата согласия", "Дата постановки", "Вид"]
    row = [
        "Иванова Мария Петровна",
        "Иванов Олег Ильич",
        "Оля\nПетя",
        "01.02.2015\n03.04.2017",
        "1.3.25",
        "2.3.25",
        "план",
    ]
    (family,) = register_of(row, headings=headings).accepted
    assert [person.name.first for person in family.representatives] == ["Мария", "Олег"]
    assert [(child.name.full, child.born) for child in family.children] == [
        ("Иванова Оля", date(2015, 2, 1)),
        ("Иванов Петя", date(2017, 4, 3)),
    ]


def test_several_register_sheets_are_read_and_the_sheet_may_name_the_category():
    sheets = [Sheet("СОП", [(1, tuple(HEADINGS)), (2, tuple(row_with(category="")))])]
    sheets.append(
        Sheet("ТЖС", [(1, tuple(HEADINGS)), (2, tuple(row_with(category="", children="Иванов ПЕТР 2015")))])
    )
    register = read_register(sheets, TODAY)
    assert [family.category_labels for family in register.accepted] == [("СОП",)]
    assert [(twin.sheet, twin.row, twin.of_sheet, twin.of) for twin in register.duplicates] == [
        ("ТЖС", 2, "СОП", 2)
    ]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"parents": "-"}, "no_representative"),
        ({"parents": "не установлены"}, "no_representative"),
        ({"parents": "Иванова Мария 😀"}, "odd_name"),
        ({"parents": "И" * 300}, "text_too_long"),
        ({"parents": "А" * 100_000}, "text_too_long"),
        ({"children": ""}, "no_children"),
        ({"children": "школа № 5"}, "no_children"),
        ({"children": "Иванов Пётр 31.02.2015"}, "impossible_date"),
        ({"children": "Иванов Пётр 01.02.2030"}, "future_date"),
        ({"consent": ""}, "no_consent"),
        ({"consent": "нет"}, "no_consent"),
        ({"consent": "имеется"}, "no_consent"),
        ({"consent": "30.02.2025"}, "impossible_date"),
        ({"consent": "весной 2025"}, "unreadable_date"),
        ({"consent": "11.03.2025"}, "consent_after_enrolled"),
        ({"enrolled": ""}, "no_enrolled_date"),
        ({"enrolled": "2025"}, "unreadable_date"),
        ({"enrolled": date(2027, 1, 1)}, "future_date"),
        ({"regime": ""}, "unknown_regime"),
        ({"regime": "по необходимости"}, "unknown_regime"),
        ({"removed": "09.03.2025"}, "removed_before_enrolled"),
        ({"removed": "снята"}, "unreadable_date"),
        ({"removed": "32.13.2025"}, "impossible_date"),
        ({"removed": "01.01.2027"}, "future_date"),
    ],
)
def test_every_mistake_has_its_code_and_its_words(changes, why):
    register = register_of(row_with(), row_with(**changes))
    (refusal,) = register.refused
    assert (refusal.row, refusal.why, len(register.accepted)) == (3, why, 1)
    assert "%(" not in refusal.message % refusal.params
    assert len(refusal.message % refusal.params) < 300
    assert list(refusal.cells) == row_with(**changes)


def test_all_mistakes_of_a_row_are_told_at_once():
    (refusal,) = register_of(row_with(parents="", children="", consent="", regime="?")).refused
    told = [refusal.why, *(other.code for other in refusal.others)]
    assert told == ["no_representative", "no_children", "no_consent", "unknown_regime"]


@pytest.mark.parametrize(
    ("changes", "warned"),
    [
        ({"phone": ""}, "no_phone"),
        ({"phone": "2-14-15"}, "no_phone"),
        ({"lead": ""}, "no_lead"),
        ({"lead": "Сидорова А.А., Котова Б.Б."}, "several_leads"),
        ({"lead": "Иванов И."}, "ambiguous_lead"),
        ({"category": "СОП, сложная"}, "unknown_category"),
        ({"reason": "переезд"}, "reason_without_date"),
    ],
)
def test_small_faults_warn_and_do_not_refuse(changes, warned):
    staff = ["Сидорова Анна Аркадьевна", "Котова Б. Б.", "Иванов Иван Ильич", "Иванов Игорь Ильич"]
    (family,) = register_of(row_with(**changes), known_staff=staff).accepted
    assert [warning.code for warning in family.warnings] == [warned]
    assert "%(" not in family.warnings[0].message % family.warnings[0].params


def test_right_to_left_names_and_marks_are_kept_apart():
    (family,) = register_of(row_with(parents="\u202eنور محمد\u202c", children="Амир\u200f, 2015")).accepted
    assert family.representatives[0].name.full == "نور محمد"
    assert family.children[0].name.full == "نور Амир"


@pytest.mark.parametrize(
    ("changes", "twin"),
    [
        ({"parents": "ИВАНОВА МАРИЯ ПЕТРОВНА", "phone": "+7(912)345 67 89", "children": "Оля, 2019"}, True),
        ({"phone": "", "children": "Иванов Петр 1.2.15"}, True),
        ({"phone": "8 999 000-00-00", "children": "Сидоров Олег, 2019"}, False),
        ({"parents": "Петрова Анна Ильинична"}, False),
    ],
)
def test_duplicates_share_a_representative_and_a_phone_or_a_child(changes, twin):
    register = register_of(row_with(), row_with(**changes))
    assert [(duplicate.row, duplicate.of) for duplicate in register.duplicates] == ([(3, 2)] if twin else [])


def test_a_sound_row_is_no_duplicate_of_a_refused_one():
    register = register_of(row_with(consent=""), row_with(), row_with())
    assert ([refusal.row for refusal in register.refused], [family.row for family in register.accepted]) == (
        [2],
        [3],
    )
    assert [(duplicate.row, duplicate.of) for duplicate in register.duplicates] == [(4, 3)]


def test_a_table_that_is_no_register_is_refused():
    for rows in ([("a", "b")], [("ФИО", "Должность"), ("Иванова М.П.", "педагог")]):
        with pytest.raises(RuleBroken) as broken:
            read_register([Sheet("x", list(enumerate(rows, 1)))], TODAY)
        assert broken.value.code == "no_headings"


def test_a_register_without_a_needed_column_says_which():
    register = register_of(
        [1.0, "Иванова М. П.", "Оля", "10.03.2025"], headings=["№", "Родители", "Дети", "Дата постановки"]
    )
    assert register.missing == ("consent", "regime")
    assert [refusal.why for refusal in register.refused] == ["no_consent"]


@given(st.lists(CELL, min_size=11, max_size=13))
@settings(max_examples=300)
def test_any_row_is_accepted_refused_or_passed_over(cells):
    register = register_of(row_with(), cells)
    assert register.rows_read == len(register.accepted) + len(register.refused) + len(register.duplicates)
    for refusal in register.refused:
        assert refusal.message % refusal.params


def test_a_long_register_is_read():
    day = date(2020, 1, 1)
    rows = [
        row_with(
            n=float(n),
            parents=f"Иванова Мария {'АБВГДЕ'[n % 6]}{n:05}".replace("0", "о"),
            enrolled=day + timedelta(n % 99),
        )
        for n in range(300)
    ]
    assert register_of(*rows).rows_read == 300
