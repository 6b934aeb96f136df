"""The placeholders of a center's own template: each unknown, missing or unclosed one is named with its place."""

import time
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from portal.papers import layouts, template_actions, word
from portal.papers.template_check import check
from portal.papers.template_faults import sentence
from tests.papers.own_templates import KIND, changed, repacked, with_text
from tests.papers.reading import of_docx
from tests.papers.sample import LAYOUT


@pytest.fixture
def _layout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layouts, "read", lambda code: LAYOUT)


def _said(app: Flask, data: bytes) -> list[str]:
    with app.test_request_context(), force_locale("en"):
        return [sentence(fault) for fault in template_actions.look(KIND, data).found.faults]


TEXTS = {
    "{{ family.nam }}": "paragraph 1: the name “family.nam” is unknown.",
    "{{ family }}": "paragraph 1: “family” is no text: say which part of it.",
    "{{ rows }}": "paragraph 1: “rows” is no text: say which part of it.",
    "{{ row.no }}": "paragraph 1: the name “row.no” is unknown.",
    "{{ visit.day": "paragraph 1: a placeholder is not closed, or not opened: “{{”.",
    "{ visit.day }": "paragraph 1: a placeholder is not closed, or not opened: “{”.",
    "visit.day }}": "paragraph 1: a placeholder is not closed, or not opened: “}}”.",
    "{{ visit.day|upper }}": "paragraph 1: “{{ visit.day|upper }}” is no placeholder of the portal.",
    "{{ 7 * 7 }}": "paragraph 1: “{{ 7 * 7 }}” is no placeholder of the portal.",
    "{{ visit.day.__class__ }}": "paragraph 1: the name “visit.day.__class__” is unknown.",
    "{% set a = 1 %}": "paragraph 1: “{% set a = 1 %}” is no placeholder of the portal.",
    "{%p if visit.late %}": "paragraph 1: “{%p if visit.late %}” is not closed.",
    "{%p endif %}": "paragraph 1: “{%p endif %}” closes nothing.",
    "{%p if visit.soon %}": "paragraph 1: the name “visit.soon” is unknown.",
    "{%p for row in visit %}": "paragraph 1: “visit” is no list.",
    "до {%p if visit.late %}": "paragraph 1: “{%p if visit.late %}” must stand alone in its paragraph or row.",
    "{%tr for row in rows %}": "paragraph 1: “{%tr for row in rows %}” must stand alone in its paragraph or row.",
    "{# слово #}": "paragraph 1: “{# слово #}” is no placeholder of the portal.",
}


@pytest.mark.usefixtures("_layout")
@pytest.mark.parametrize(("text", "said"), TEXTS.items())
def test_a_fault_is_named_with_its_place(app: Flask, text: str, said: str) -> None:
    assert said in _said(app, with_text(text))


@pytest.mark.usefixtures("_layout")
def test_a_fault_in_a_table_or_a_footer_is_named_with_its_place(app: Flask) -> None:
    def _change(document: Any) -> None:
        document.tables[0].rows[2].cells[1].paragraphs[0].add_run("{{ row.servic }}")
        document.sections[0].footer.paragraphs[0].add_run("{{ centre.name }}")

    said = _said(app, changed(_change))
    assert "table 1, row 3: the name “row.servic” is unknown." in said
    assert "footer of the page, paragraph 1: the name “centre.name” is unknown." in said


@pytest.mark.usefixtures("_layout")
def test_a_loop_that_ends_in_another_table_is_refused(app: Flask) -> None:
    def _change(document: Any) -> None:
        row = document.tables[0].rows[3]
        row._tr.getparent().remove(row._tr)
        document.tables[2].rows[0].cells[0].paragraphs[0].text = "{%tr endfor %}"

    assert _said(app, changed(_change)) == [
        "table 1, row 2: “{%tr for row in rows %}” is not closed.",
        "table 3, row 1: “{%tr endfor %}” closes nothing.",
    ]


@pytest.mark.usefixtures("_layout")
def test_a_condition_that_ends_in_another_cell_is_refused(app: Flask) -> None:
    def _change(document: Any) -> None:
        cells = document.tables[0].rows[0].cells
        cells[0].add_paragraph("{%p if visit.late %}")
        cells[1].add_paragraph("{%p endif %}")

    said = "table 1, row 1: “{%p endif %}” stands in another table or cell than its beginning."
    assert _said(app, changed(_change)) == [said]


@pytest.mark.usefixtures("_layout")
def test_lists_do_not_multiply_each_other(app: Flask) -> None:
    def _change(document: Any) -> None:
        for text in ("{%p for row in rows %}", "{%p for row in advice %}", "{%p endfor %}", "{%p endfor %}"):
            document.add_paragraph(text)

    assert any("stands inside another list" in one for one in _said(app, changed(_change)))


@pytest.mark.usefixtures("_layout")
@pytest.mark.parametrize(
    "code", ["{{ 7 * 7 }}", "{{ cycler() }}", "{% for a in rows %}{% endfor %}{{ ''.join(rows) }}"]
)
def test_what_hides_outside_of_the_text_is_refused_too(app: Flask, code: str) -> None:
    data = repacked(
        edit={"word/document.xml": ("<w:sectPr", f'<w:bookmarkStart w:id="1" w:name="{code}"/><w:sectPr')}
    )
    assert any("cannot be filled" in one for one in _said(app, data))


@pytest.mark.usefixtures("_layout")
@pytest.mark.parametrize("part", ["word/footnotes.xml", "docProps/custom.xml", "word/comments.xml"])
def test_what_hides_in_another_part_is_refused_too(app: Flask, part: str) -> None:
    data = repacked(parts={part: b"<a><b>{{ visit.day }}</b></a>"})
    assert any("cannot be filled" in one for one in _said(app, data))


@pytest.mark.usefixtures("_layout")
def test_our_own_template_has_no_fault_and_leaves_nothing_out(app: Flask) -> None:
    with app.test_request_context():
        found = template_actions.look(KIND, word.template(LAYOUT)).found
    assert found.faults == [] and found.missing == []


@pytest.mark.usefixtures("_layout")
def test_what_is_left_out_is_told_but_names_beside_signatures(app: Flask) -> None:
    def _change(document: Any) -> None:
        for paragraph in list(document.paragraphs):
            if "visit.goal" in paragraph.text:
                paragraph._p.getparent().remove(paragraph._p)
        for table in list(document.tables):
            table._tbl.getparent().remove(table._tbl)

    with app.test_request_context():
        found = template_actions.look(KIND, changed(_change)).found
    assert found.faults == []
    cells = [f"rows: row.{name}" for name in ("from", "no", "service", "to")]
    assert found.missing == [*cells, "visit.goal"]


def test_a_changed_template_is_filled(app: Flask) -> None:
    def _change(document: Any) -> None:
        document.paragraphs[0].runs[0].text = "НАШ БЛАНК {{ center.name }}"

    data = changed(_change)
    with app.test_request_context():
        assert check(data, LAYOUT, KIND.sample | {"center": {}}).faults
        said = of_docx(word.draw(LAYOUT, KIND.sample, template=data))
    assert "НАШ БЛАНК Социально-реабилитационный центр" in said


def _paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_what_opens_without_end_is_looked_at_once() -> None:
    said = {"word/document.xml": ("<w:body>", f"<w:body>{_paragraph('{{' * 100_000)}")}
    before = time.process_time()
    found = check(repacked(edit=said), LAYOUT, KIND.sample)
    assert found.faults and time.process_time() - before < 5


@pytest.mark.usefixtures("_layout")
def test_conditions_do_not_lie_inside_one_another_without_end(app: Flask) -> None:
    steps = _paragraph("{%p if nothing %}") * 120 + _paragraph("{%p endif %}") * 120
    looked = template_actions.look(
        KIND, repacked(edit={"word/document.xml": ("<w:body>", f"<w:body>{steps}")})
    )
    assert "too many other lists and conditions" in looked.found.faults[0].message
    few = _paragraph("{%p if nothing %}") * 12 + _paragraph("{%p endif %}") * 12
    looked = template_actions.look(KIND, repacked(edit={"word/document.xml": ("<w:body>", f"<w:body>{few}")}))
    assert not looked.found.faults
