"""A layout with every block, drawn in both formats and read back."""

import io

import pikepdf
import pytest
from docx import Document

from portal.papers import drawing, layouts, pdf, word
from portal.papers.facts import sample_common
from portal.papers.layouts import LayoutError
from portal.papers.text import bound
from tests.papers.reading import of_docx, of_pdf, squeezed, words
from tests.papers.sample import ADDRESS, LAYOUT, facts

EVIL = {
    "typst": '#panic() $x^2$ *bold* _em_ @ref <label> `raw` = Title // no /* comment */ \\ #import "x" [a] ~',
    "jinja": "{{ 7 * 7 }} {% if x %} {# c #} {%tr for a in b %} {{ self }} {_{ }_}",
    "xml": "<b>&amp; & ' \" </w:t></w:r> <!-- --> ]]> <?xml?>",
    "long": "А" * 10_000,
    "spaces": "слово " * 1_700,
    "lines": "первая\nвторая\r\nтретья\rчетвёртая\tпосле",
    "empty": "",
}


def _said_by_both(changes: dict[str, object]) -> tuple[str, str]:
    given = facts(**changes)
    return of_pdf(pdf.draw(LAYOUT, given)), of_docx(word.draw(LAYOUT, given))


def test_both_formats_say_the_same() -> None:
    said_by_pdf, said_by_word = _said_by_both({})
    assert words(said_by_pdf) == words(said_by_word)
    assert len(words(said_by_pdf)) > 80


def test_both_blanks_say_the_same() -> None:
    said_by_pdf = of_pdf(pdf.draw(LAYOUT, facts(), blank=True, qr=ADDRESS))
    said_by_word = of_docx(word.draw(LAYOUT, facts(), blank=True, qr=ADDRESS))
    assert words(said_by_pdf) == words(said_by_word)
    assert "____" in said_by_pdf and "____" in said_by_word


def test_a_blank_says_nothing_of_the_record_but_what_it_keeps() -> None:
    for said in (
        of_pdf(pdf.draw(LAYOUT, facts(), blank=True)),
        of_docx(word.draw(LAYOUT, facts(), blank=True)),
    ):
        assert "14/2026" in said and "Опора" in said and "442-ФЗ" in said
        for hidden in ("Садовая, д. 5, кв. 7", "Проверить", "Белова", "Иванова М. П.", "логопеда"):
            assert hidden not in said


def test_what_is_under_a_condition_is_printed_with_it_alone() -> None:
    for said in _said_by_both({}):
        assert "вовремя" in said and "Причина опоздания" not in said
    visit = facts()["visit"] | {"late": "Пробка"}
    for said in _said_by_both({"visit": visit}):
        assert "вовремя" not in said and "Причина опоздания: Пробка" in said


@pytest.mark.parametrize("text", EVIL.values(), ids=EVIL.keys())
def test_whatever_is_typed_comes_out_as_text(text: str) -> None:
    row = {"no": "1", "service": text, "from": text, "to": "конец"}
    visit = facts()["visit"] | {"goal": text, "late": text}
    changes = {"rows": [row], "visit": visit, "advice": [{"text": text}], "specialist": {"short": text}}
    for said in _said_by_both(changes):
        assert squeezed(said).count(squeezed(text)) >= 5, said


def test_what_no_paper_can_show_is_replaced_and_breaks_nothing() -> None:
    text = (
        "а\x00б\x0bв\x1b\x7fг\ud800д\ufffe \u202eоборот\u2069 семья 👨‍👩‍👧 漢字 ქართ سلام цена 5 ₽ ё e\u0301"
    )
    said_by_pdf, said_by_word = _said_by_both({"family": {"number": "1", "address": text}})
    assert "абвгд обо" not in said_by_pdf  # a vertical tab is a space
    assert "аб вгд оборот семья" in said_by_pdf and "аб вгд оборот семья" in said_by_word
    assert "□" in said_by_pdf and "ქართ" in said_by_word
    assert "é" in said_by_pdf and "5 руб." in said_by_pdf


def test_a_fact_may_be_called_like_a_method() -> None:
    layout = layouts.parse('title = "О"\n[[blocks]]\nparagraph = "{{ plan.items }} {{ plan.title }}"')
    given = sample_common() | {"plan": {"items": "семь мер", "title": "план"}}
    assert "семь мер план" in of_docx(word.draw(layout, given))


def test_a_list_of_an_each_may_have_lists_inside() -> None:
    layout = layouts.parse(
        'title = "О"\n[[blocks]]\neach = "groups"\n[[blocks.blocks]]\nparagraph = "{{ row.name }}"\n'
        '[[blocks.blocks]]\ntable = "row.members"\ncolumns = [{head = "Имя", value = "{{ row.name }}"}]'
    )
    groups = [{"name": f"группа {n}", "members": [{"name": f"участник {n}-{m}"} for m in "ab"]} for n in "12"]
    given = sample_common() | {"groups": groups}
    layouts_said = of_pdf(pdf.draw(layout, given)), of_docx(word.draw(layout, given))
    for said in layouts_said:
        assert [one for one in ("1-a", "1-b", "2-a", "2-b") if one not in said] == []
    assert words(layouts_said[0]) == words(layouts_said[1])
    for said in (of_pdf(pdf.draw(layout, given, blank=True)), of_docx(word.draw(layout, given, blank=True))):
        assert "участник" not in said and "Имя" in said


def test_a_missing_fact_is_an_error_in_both() -> None:
    given = facts(specialist={})
    with pytest.raises(LayoutError, match=r"specialist\.short"):
        pdf.draw(LAYOUT, given)
    with pytest.raises(Exception, match="short"):
        word.draw(LAYOUT, given)


def test_the_pdf_is_tagged_and_in_russian() -> None:
    with pikepdf.open(io.BytesIO(pdf.draw(LAYOUT, facts(), blank=True, qr=ADDRESS))) as made:
        assert str(made.Root.Lang).startswith("ru")
        assert bool(made.Root.MarkInfo.Marked)
        assert str(made.docinfo["/Title"]) == "Лист патронажа семьи № 14/2026"
        assert "Опора" in str(made.docinfo["/Author"])
        with made.open_metadata() as notes:
            assert notes["pdfuaid:part"] == "1"
        tags = {
            str(one.get("/S")) for one in made.objects if isinstance(one, pikepdf.Dictionary) and "/S" in one
        }
        assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/L", "/Figure"} <= tags
        assert any(
            "QR" in str(one.get("/Alt", "")) for one in made.objects if isinstance(one, pikepdf.Dictionary)
        )
        fonts = {str(one.get("/FontName")) for one in made.objects if isinstance(one, pikepdf.Dictionary)}
        assert {name.partition("+")[2] for name in fonts if "+" in name} == {
            "LiberationSerif", "LiberationSerif-Bold", "LiberationSerif-Italic",
        }  # fmt: skip


def test_the_docx_has_our_sheet() -> None:
    document = Document(io.BytesIO(word.draw(LAYOUT, facts(), qr=ADDRESS)))
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.left_margin.mm)) == (210, 30)
    assert document.styles["Normal"].font.name == "Times New Roman"
    assert document.core_properties.title == "Лист патронажа семьи № 14/2026"
    assert document.core_properties.language == "ru-RU"
    assert 'w:val="ru-RU"' in document.styles.element.xml
    assert "PAGE" in section.footer._element.xml and "NUMPAGES" in section.footer._element.xml
    assert "w:tblHeader" in document.tables[0].rows[0]._tr.xml
    assert "QR-код" in document.element.body.xml and len(document.inline_shapes) == 1


def test_a_qr_is_drawn_on_a_blank_and_where_the_layout_asks() -> None:
    plain = layouts.parse('title = "О"\n[[blocks]]\nparagraph = "т"')
    for layout, blank, count in ((plain, False, 0), (plain, True, 1), (LAYOUT, False, 1), (LAYOUT, True, 1)):
        given = facts()
        document = Document(io.BytesIO(word.draw(layout, given, blank=blank, qr=ADDRESS)))
        assert len(document.inline_shapes) == count
        assert pdf.draw(layout, given, blank=blank, qr=ADDRESS).count(b"/Figure") == count


def test_a_journal_lies_down_and_repeats_its_head() -> None:
    columns = (
        'columns = [{head = "Услуга", value = "{{ row.text }}", width = 3}, {head = "Подпись", value = ""}]'
    )
    layout = layouts.parse(f'title = "Журнал"\nlandscape = true\n[[blocks]]\ntable = "rows"\n{columns}')
    given = facts(rows=[{"text": f"строка {n}"} for n in range(200)])
    made = pdf.draw(layout, given)
    with pikepdf.open(io.BytesIO(made)) as opened:
        pages = len(opened.pages)
        width, height = [float(side) for side in opened.pages[0].MediaBox][2:]
    said = of_pdf(made)
    assert width > height and pages > 4
    assert said.count("Услуга") == pages
    assert f"стр. {pages} из {pages}" in said
    document = Document(io.BytesIO(word.draw(layout, given)))
    assert round(document.sections[0].page_width.mm) == 297
    assert len(document.tables[0].rows) == 201


def test_every_letter_there_is_can_be_drawn() -> None:
    layout = layouts.parse(
        'title = "{{ told.text }}"\n[[blocks]]\nsection = "{{ told.text }}"\n[[blocks]]\n'
        'table = "rows"\ncolumns = [{head = "{{ told.text }}", value = "{{ row.text }}"}]'
    )
    for start in (*range(0, 0x10000, 2048), *range(0x1F000, 0x20000, 2048), 0xE0000, 0x10F800):
        text = "".join(map(chr, range(start, start + 2048)))
        given = sample_common() | {"told": {"text": text[:200]}, "rows": [{"text": text}]}
        assert pdf.draw(layout, given).startswith(b"%PDF")
        assert word.draw(layout, given).startswith(b"PK")


def test_no_line_ends_inside_what_belongs_together() -> None:
    text = (
        "Петров-Водкин К. С., № 12 от 22 ноября 2026 г. Следующая."
        " г. Смоленск, ул. Мира, д. 5, тел. +7 912 555-01-03"
    )
    assert bound(text).replace("\xa0", "~") == (
        "Петров-Водкин~К.~С., №~12 от 22~ноября 2026~г. Следующая."
        " г.~Смоленск, ул.~Мира, д.~5, тел. +7~912~555-01-03"
    )
    narrow = bound("Председателева А. П., +7 912 555-01-03", in_table=True)
    assert narrow == "Председателева А.\xa0П., +7 912 555-01-03"
    said = drawing.ready(LAYOUT, facts(), False)
    assert said["specialist"]["short"] == "Иванова\xa0М.\xa0П."
    assert said["voters"][0]["name"] == "Белова А.\xa0И."
