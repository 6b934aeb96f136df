"""Layouts are read whole, and whatever is wrong in one is named with its place."""

import pytest

from portal.papers import drawing, layouts, pdf, word
from portal.papers.filling import check, finish
from portal.papers.layouts import LayoutError, Table
from tests.papers.reading import of_docx, of_pdf, squeezed
from tests.papers.sample import ADDRESS, LAYOUT, TEXT, facts

BLOCK = 'title = "Лист"\n[[blocks]]\n'
WRONG = {
    'title = "О"\nsize = 3': "unknown size",
    'landscape = true': "title",
    BLOCK + 'paragraf = "т"': r"block 1: one of paragraph",
    BLOCK + 'paragraph = "т"\nsection = "с"': "block 1: one of",
    BLOCK + 'paragraph = "т"\ncolor = "red"': "block 1: unknown color",
    BLOCK + 'paragraph = "т"\nalign = "middle"': "block 1: align",
    BLOCK + 'paragraph = "Дата {{ visit.day }"': "block 1: unclosed",
    BLOCK + 'paragraph = "Дата {{ visit.day | upper }}"': "block 1: unclosed",
    BLOCK + 'paragraph = "{% if a %}"': "block 1: unclosed",
    BLOCK + 'field = "Дата"': "block 1: .*value",
    BLOCK + 'table = "rows; x"\ncolumns = []': "is no name",
    BLOCK + 'table = "rows"\ncolumns = [{head = "№", valu = "1"}]': "block 1, column 1: unknown valu",
    BLOCK + 'signatures = [{name = "{{ a }}"}]': "block 1, signature 1",
    BLOCK + 'each = "a"\n[[blocks.blocks]]\neach = "b"': "inside of another",
    "title = ": "layout.toml",
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), WRONG.items())
def test_what_is_wrong_is_named_with_its_place(text: str, said: str) -> None:
    with pytest.raises(LayoutError, match=said):
        layouts.parse(text)


def test_a_layout_is_read_whole() -> None:
    assert LAYOUT.law == ("services", "regulation") and LAYOUT.number and not LAYOUT.landscape
    tables = [block for block, _inside in LAYOUT.walk() if isinstance(block, Table)]
    assert [column.width for column in tables[0].columns] == [1, 6, 2]
    assert tables[0].blank_rows == 5 and tables[0].empty == "Услуг не оказано."
    assert [block.place for block in LAYOUT.blocks][:3] == [
        "block 1 (paragraph)", "block 2 (paragraph)", "block 3 (section)",
    ]  # fmt: skip


def _sample(**changes: object) -> dict[str, object]:
    return facts(**({"nothing": [{"text": ""}]} | changes))


def test_a_layout_whose_names_are_known_passes() -> None:
    check(LAYOUT, _sample())


UNKNOWN = {
    "{{ visit.day_words }}": ("{{ visit.days }}", r"block 1 \(paragraph\): unknown name visit.days"),
    "{{ row.service }}": ("{{ row.servic }}", r"block 7 \(table\): unknown name row.servic"),
    "{{ row.dissent }}": ("{{ row.mind }}", r"block 13.2 \(paragraph\): unknown name row.mind"),
    'when = "visit.late"': ('when = "visit.soon"', r"block 5 \(field\): when: unknown name visit.soon"),
    'table = "rows"': ('table = "visit"', "visit is no list of rows"),
    "{{ specialist.short }}": ("{{ specialist }}", "specialist is no text"),
    '["services", "regulation"]': ('["services", "moon"]', "law: unknown name law.moon"),
    '["family.number"]': ('["family.nr"]', "keep: unknown name family.nr"),
}


@pytest.mark.parametrize("old", UNKNOWN)
def test_an_unknown_name_is_named_with_its_place(old: str) -> None:
    new, said = UNKNOWN[old]
    with pytest.raises(LayoutError, match=said):
        check(layouts.parse(TEXT.replace(old, new, 1)), _sample())


def test_a_sample_without_rows_cannot_be_checked() -> None:
    with pytest.raises(LayoutError, match="nothing has no row"):
        check(LAYOUT, facts())


def test_finished_blocks_are_plain_values() -> None:
    kinds = [one["kind"] for one in finish(LAYOUT, facts())]
    assert kinds[:6] == ["paragraph", "paragraph", "section", "field", "paragraph", "table"]
    assert kinds.count("signatures") == 3  # one for each voter, and the last
    table = next(one for one in finish(LAYOUT, facts()) if one["kind"] == "table")
    assert table["rows"][1] == ["2", "Беседа с подростком", "10:40–11:15"]


def test_lines_to_sign_that_follow_each_other_are_one_block() -> None:
    """So they stay on one page, however many blocks of the layout say them."""
    said = (
        BLOCK + 'each = "voters"\n[[blocks.blocks]]\nsignatures = [{who = "Член", name = "{{ row.name }}"}]\n'
    )
    layout = layouts.parse(said + '[[blocks]]\nsignatures = [{who = "Секретарь"}]\n')
    names = [one["name"] for one in facts()["voters"]]
    (block,) = finish(layout, facts())
    assert [one["name"] for one in block["lines"]] == [*names, ""] and len(names) > 1


def test_a_qr_has_its_own_words_where_the_layout_gives_them() -> None:
    own = layouts.parse(TEXT.replace("qr = true", 'qr = true\ncaption = "По коду сверяют"'))
    for layout, said in ((LAYOUT, drawing.CAPTION), (own, "По коду сверяют")):
        for data in (
            of_pdf(pdf.draw(layout, facts(), qr=ADDRESS)),
            of_docx(word.draw(layout, facts(), qr=ADDRESS)),
        ):
            assert squeezed(said) in squeezed(data)
