"""Only a plain DOCX is taken for a template; whatever runs, leads outside or unfolds is refused by its name."""

import io
import os
import struct
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from portal.papers import word
from portal.papers.template_guard import LARGEST, check_docx
from portal.rules import RuleBroken
from tests.papers.own_templates import repacked
from tests.papers.sample import LAYOUT

TYPES, RELS, BODY = "[Content_Types].xml", "word/_rels/document.xml.rels", "word/document.xml"
MAIN = "wordprocessingml.document.main+xml"
LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _relation(kind: str, target: str, mode: str = "") -> tuple[str, str]:
    line = f'<Relationship Id="rId99" Type="{LINK}/{kind}" Target="{target}"{mode}/></Relationships>'
    return "</Relationships>", line


def _field(code: str) -> dict[str, tuple[str, str]]:
    half = len(code) // 2
    run = '<w:r><w:instrText xml:space="preserve">%s</w:instrText></w:r>'
    inner = f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{run % code[:half]}{run % code[half:]}'
    return {BODY: ("<w:body>", f'<w:body>{inner}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>')}


OUT = ' TargetMode="External"'
LONG = b"<a>" + os.urandom(2 * 1024 * 1024 + 9).hex().encode() + b"</a>"
VBA = '<Override PartName="/word/x.xml" ContentType="application/vnd.ms-office.vbaProject"/><Override '
PLAIN_MAIN = f"vnd.openxmlformats-officedocument.{MAIN}"
MACRO_MAIN = "vnd.ms-word.document.macroEnabled.main+xml"
PICTURE = '<w:body><w:p><w:fldSimple w:instr=" INCLUDEPICTURE x "/></w:p>'
ATTACHED = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{LINK}/attachedTemplate" Target="//host/a.dotm"{OUT}/></Relationships>'
).encode()


def _drawn(inside: str) -> dict[str, tuple[str, str]]:
    return {BODY: ("<w:body>", f"<w:body><w:p><w:r>{inside}</w:r></w:p>")}


BEGUN = '<w:fldChar w:fldCharType="begin"/>'
STRICT = 'xmlns:s="http://purl.oclc.org/ooxml/wordprocessingml/main"'
OLD = "urn:schemas-microsoft-com"


def _with_letters() -> bytes:
    mail = '<w:mailMerge><w:connectString w:val="Data Source=a"/></w:mailMerge></w:settings>'
    return repacked(edit={"word/settings.xml": ("</w:settings>", mail)})


def _far_away() -> bytes:
    """The first entry lies, by its long header, beyond what any machine counts."""
    data = bytearray(word.template(LAYOUT))
    place = data.index(b"PK\x01\x02")
    name, extra = struct.unpack_from("<HH", data, place + 28)
    data[place + 46 + name : place + 46 + name] = struct.pack("<HHQ", 1, 8, 2**64 - 1001)
    struct.pack_into("<H", data, place + 30, extra + 12)
    struct.pack_into("<I", data, place + 42, 0xFFFFFFFF)
    end = data.rindex(b"PK\x05\x06")
    struct.pack_into("<I", data, end + 12, struct.unpack_from("<I", data, end + 12)[0] + 12)
    return bytes(data)


def _bomb() -> bytes:
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for n in range(50):
            archive.writestr(f"word/media/picture{n}.png", b"\0" * 1024 * 1024)
    return made.getvalue()


def _encrypted() -> bytes:
    data = bytearray(word.template(LAYOUT))
    place = data.find(b"PK\x01\x02")
    struct.pack_into("<H", data, place + 8, 1)
    return bytes(data)


def _outside(name: str) -> bytes:
    return repacked(parts={name: b"x"})


EVIL = {
    "empty": (b"", "file_empty"),
    "large": (b"PK" + b"\0" * LARGEST, "file_too_large"),
    "text": ("просто текст".encode(), "no_docx"),
    "html": (b"<html><script>alert(1)</script></html>", "no_docx"),
    "cut": (word.template(LAYOUT)[:2000], "no_docx"),
    "zip": (repacked(parts={TYPES: None}), "no_docx"),
    "no body": (repacked(parts={BODY: None}), "no_docx"),
    "macro document": (
        repacked(edit={TYPES: (PLAIN_MAIN, MACRO_MAIN)}),
        "no_docx",
    ),
    "dotx": (repacked(edit={TYPES: (MAIN, MAIN.replace("document", "template"))}), "no_docx"),
    "vba": (repacked(parts={"word/vbaProject.bin": b"x"}), "foreign_part"),
    "ole": (repacked(parts={"word/embeddings/oleObject1.bin": b"x"}), "foreign_part"),
    "activex": (repacked(parts={"word/activeX/activeX1.xml": b"<a/>"}), "foreign_part"),
    "html chunk": (repacked(parts={"word/afchunk.htm": b"<html/>"}), "foreign_part"),
    "program": (repacked(parts={"word/media/run.exe": b"MZ"}), "foreign_part"),
    "upwards": (_outside("../../evil.xml"), "foreign_part"),
    "absolute": (_outside("/word/evil.xml"), "foreign_part"),
    "vba by type": (
        repacked(edit={TYPES: ("<Override ", VBA)}),
        "macros",
    ),
    "link": (repacked(edit={RELS: _relation("hyperlink", "https://evil.example", OUT)}), "leads_outside"),
    "picture from outside": (
        repacked(edit={RELS: _relation("image", "https://evil.example/a.png", OUT)}), "leads_outside",
    ),
    "outside without a word": (repacked(edit={RELS: _relation("image", "file:///etc/passwd")}), "leads_outside"),
    "template from outside": (
        repacked(parts={"word/_rels/settings.xml.rels": ATTACHED}),
        "leads_outside",
    ),
    "other document": (repacked(edit={RELS: _relation("aFChunk", "other.xml")}), "foreign_part"),
    "dde": (repacked(edit=_field('DDEAUTO c:\\\\windows\\\\cmd.exe "/k calc"')), "foreign_field"),
    "include": (repacked(edit=_field('INCLUDETEXT "c:\\\\secret.txt"')), "foreign_field"),
    "simple field": (
        repacked(edit={BODY: ("<w:body>", PICTURE)}), "foreign_field",
    ),
    "entities": (
        repacked(parts={BODY: b'<!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "&b;&b;">]><a>&c;</a>'}), "no_docx",
    ),
    "file entity": (
        repacked(parts={BODY: b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'}), "no_docx",
    ),
    "broken xml": (repacked(parts={BODY: b"<a>"}), "no_docx"),
    "bomb": (_bomb(), "zip_bomb"),
    "long text": (repacked(parts={BODY: LONG}), "zip_bomb"),
    "password": (_encrypted(), "no_docx"),
    "entry beyond the file": (_far_away(), "no_docx"),
    "letters for many": (_with_letters(), "leads_outside"),
    "old picture": (
        repacked(edit=_drawn(f'<v:imagedata xmlns:v="{OLD}:vml" src="http://evil.example/a"/>')), "leads_outside",
    ),
    "old shape": (
        repacked(edit=_drawn(f'<v:fill xmlns:v="{OLD}:vml" xmlns:o="{OLD}:office:office" o:href="//evil/a"/>')),
        "leads_outside",
    ),
    "field as text": (repacked(edit=_drawn(f"{BEGUN}<w:t>DDEAUTO cmd</w:t>")), "foreign_field"),
    "field taken out": (repacked(edit=_drawn("<w:delInstrText>DDEAUTO cmd</w:delInstrText>")), "foreign_field"),
    "strict field": (repacked(edit=_drawn(f"<s:instrText {STRICT}>DDEAUTO cmd</s:instrText>")), "foreign_field"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "code"), EVIL.values(), ids=EVIL.keys())
def test_what_is_no_plain_docx_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        check_docx(data)
    assert refused.value.code == code


def test_our_own_template_is_taken() -> None:
    check_docx(word.template(LAYOUT))
    check_docx(repacked(edit=_field("NUMPAGES")))
    check_docx(repacked(parts={"word/media/logo-1.png": b"\x89PNG"}))
