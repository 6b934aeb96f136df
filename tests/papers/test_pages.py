"""How papers lie on their sheets: nobody signs a page that says nothing, no word is torn that need not be."""

import io
import itertools

import pytest
from docx import Document
from PIL import ImageFont

from portal.papers import layouts, pdf, word
from portal.papers.catalog import KINDS
from portal.papers.facts import position_genitive, sample_common
from portal.papers.filling import finish
from portal.papers.layouts import Layout, Table
from portal.papers.text import FONTS, bound
from tests.papers.reading import pages_of

SIGNED = """
title = "Лист"
[[blocks]]
items = "rows"
text = "{{ row.text }}"
[[blocks]]
paragraph = "Сказанное перед подписью."
[[blocks]]
when = "rows"
paragraph = "Согласовано 22.11.2026"
[[blocks]]
paragraph = "Дата: 22.11.2026"
[[blocks]]
signatures = [{who = "Специалист"}]
[[blocks]]
each = "others"
  [[blocks.blocks]]
  signatures = [{who = "{{ row.who }}"}]
"""
TABLE = """
title = "Лист"
landscape = LANDSCAPE
[[blocks]]
table = "rows"
columns = [{head = "Имя", value = "{{ row.name }}", width = 3.9}, {head = "Иное", value = "", width = OTHER}]
"""
PAGE, MARGIN = {False: 165, True: 257}, 3  # mm that a table has, and that a cell leaves free on both sides


@pytest.mark.parametrize("rows", range(38, 47))
def test_a_page_with_signatures_says_what_is_signed(rows: int) -> None:
    given = sample_common() | {
        "rows": [{"text": f"строка {no}"} for no in range(rows)],
        "others": [{"who": "Законный представитель"}, {"who": "Заведующий отделением"}],
    }
    pages = pages_of(pdf.draw(layouts.parse(SIGNED), given))
    last = next(page for page in pages if "Специалист" in page)
    assert "Сказанное перед подписью" in last
    assert "Законный представитель" in last and "Заведующий отделением" in last
    assert last is pages[-1]


def test_word_keeps_the_lines_before_signatures_with_them() -> None:
    given = sample_common() | {"rows": [{"text": "строка"}], "others": [{"who": "Заведующий"}]}
    document = Document(io.BytesIO(word.draw(layouts.parse(SIGNED), given)))
    kept = {one.text: one.paragraph_format.keep_with_next for one in document.paragraphs}
    assert kept["Сказанное перед подписью."] and kept["Дата: 22.11.2026"]
    assert not kept["1.\tстрока"]
    assert document.tables[0].cell(0, 0).paragraphs[0].paragraph_format.keep_with_next


@pytest.mark.parametrize(("landscape", "other"), [("false", 12), ("true", 20)])
def test_a_name_goes_on_in_the_next_line_and_is_not_torn(landscape: str, other: int) -> None:
    layout = layouts.parse(TABLE.replace("LANDSCAPE", landscape).replace("OTHER", str(other)))
    names = ["Селиверстова Наина Болеславовна", "Носова Любовь Робертовна", "Данилова Майя Кузьминична"]
    (page,) = pages_of(pdf.draw(layout, sample_common() | {"rows": [{"name": one} for one in names]}))
    for said in " ".join(names).split():
        assert said in page


@pytest.mark.parametrize("code", KINDS)
def test_the_words_of_a_tables_head_find_room(code: str) -> None:
    layout = layouts.read(code)
    for block, _inside in layout.walk():
        if isinstance(block, Table):
            assert list(_torn(layout, block)) == []


def _torn(layout: Layout, table: Table):  # type: ignore[no-untyped-def]
    size = 9.5 if layout.landscape else 10.5
    font = ImageFont.truetype(str(FONTS / "LiberationSerif-Bold.ttf"), 1000)
    total = sum(column.width for column in table.columns)
    for column, said in itertools.product(table.columns, range(20)):
        words = column.head.split()
        if said < len(words) and "{" not in column.head:
            needed = font.getlength(words[said]) / 1000 * size * 25.4 / 72
            if needed > PAGE[layout.landscape] * column.width / total - MARGIN:
                yield column.head


def test_a_cell_to_sign_in_is_high_enough_to_sign() -> None:
    kind = KINDS["attendance-sheet"]
    table = next(
        one
        for one in finish(layouts.read(kind.code), sample_common() | kind.sample)
        if one["kind"] == "table"
    )
    assert table["by_hand"] == [False, False, False, False, True]
    document = Document(io.BytesIO(word.draw(layouts.read(kind.code), sample_common() | kind.sample)))
    assert document.tables[0].rows[1].height.mm == pytest.approx(8, abs=0.1)


@pytest.mark.parametrize("street", ["ш. Почтовое", "бул. Волжский", "наб. Речная", "алл. Казанская"])
def test_no_line_ends_inside_an_address(street: str) -> None:
    assert street.replace(" ", "\xa0") in bound(f"пгт Верхнеднепровский, {street}, д. 5")


@pytest.mark.parametrize(
    ("position", "said"),
    [
        ("Директор", "директора"),
        ("Заведующая отделением", "заведующей отделением"),
        ("Временно исполняющий обязанности директора", "временно исполняющего обязанности директора"),
        ("Ректор", "Ректор"),
    ],
)
def test_in_whose_person_an_agreement_is_made(position: str, said: str) -> None:
    assert position_genitive(position) == said


def test_an_agreement_names_what_the_law_asks() -> None:
    given = sample_common() | KINDS["service-agreement"].sample
    said = " ".join(" ".join(pages_of(pdf.draw(layouts.read("service-agreement"), given))).split())
    for one in (
        "Договор о предоставлении социальных услуг (безвозмездный)",
        "в лице директора Соколовой Натальи Викторовны, действующего(ей) на основании устава",
        "документ, удостоверяющий личность Заказчика",
        "в двух экземплярах",
        "М. П.",
    ):
        assert one in said


def test_in_belarus_agreement_and_survey_have_the_names_of_its_law() -> None:
    for code, said in (
        ("service-agreement", "Договор оказания социальных услуг"),
        ("survey-report", "Акт определения индивидуальной нуждаемости в социальном обслуживании"),
    ):
        (first, *_others) = pages_of(pdf.draw(layouts.read(code), sample_common("by") | KINDS[code].sample))
        assert said in " ".join(first.split())
