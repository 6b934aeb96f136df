"""Whether an uploaded file is a plain DOCX: nothing in it runs, leads outside, or unfolds without end."""

import re
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo
from zlib import error as zlib_error

from lxml import etree

from portal.papers.template_faults import LARGEST
from portal.rules import N_, RuleBroken

MOST_UNPACKED = 40 * 1024 * 1024
MOST_RATIO = 300
MOST_PARTS = 300
LONGEST_TEXT = 4 * 1024 * 1024  # of a part that is read
_ENCRYPTED = 0x1
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(app|core|custom)\.xml|docProps/thumbnail\.(jpe?g|png)"
    r"|word/(_rels/)?\w+\.xml(\.rels)?|word/theme/(_rels/)?\w+\.xml(\.rels)?|word/media/[\w-]+\.(png|jpe?g|gif)"
    r"|customXml/(_rels/)?\w+\.xml(\.rels)?"
)
RELATIONS = frozenset(
    "officeDocument core-properties extended-properties custom-properties thumbnail styles stylesWithEffects"
    " settings webSettings fontTable theme numbering footnotes endnotes header footer image customXml"
    " customXmlProps".split()
)
LEADS_OUTSIDE = N_(
    "The file leads outside (a link, or a linked picture): make it plain text and upload it again."
)
LINKING = frozenset({"src", "href", "althref"})  # attributes of drawings that name a file by themselves
FIELDS = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES", "DATE", "TIME", "SEQ"})
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/"


def check_docx(data: bytes) -> None:
    """Raise RuleBroken with what the file is instead of a plain DOCX."""
    if not data:
        raise RuleBroken("file_empty", N_("The file is empty. Choose the template once more."))
    if len(data) > LARGEST:
        raise RuleBroken("file_too_large", N_("The file is larger than 5 MB. Make its pictures smaller."))
    try:
        with ZipFile(BytesIO(data)) as archive:
            _check_entries(archive.infolist())
            parts = {one.filename: archive.read(one) for one in archive.infolist() if not one.is_dir()}
    except (
        *(BadZipFile, zlib_error, EOFError, NotImplementedError, ValueError, OSError),
        *(OverflowError, RuntimeError),  # a place beyond all files; a password told in one header only
    ):
        raise _no_docx() from None
    if not {"[Content_Types].xml", "_rels/.rels", "word/document.xml"} <= parts.keys():
        raise _no_docx()
    if any(len(part) > LONGEST_TEXT for name, part in parts.items() if name.endswith((".xml", ".rels"))):
        raise _bomb()
    trees = {name: _tree(part) for name, part in parts.items() if name.endswith((".xml", ".rels"))}
    _check_types(trees["[Content_Types].xml"])
    for name, tree in trees.items():
        if name.endswith(".rels"):
            _check_relations(tree)
        elif name.startswith("word/"):
            _check_fields(tree)
            _check_links(tree)


def _no_docx() -> RuleBroken:
    return RuleBroken(
        "no_docx", N_("This is no DOCX document: save the template as “Word document (.docx)”.")
    )


def _bomb() -> RuleBroken:
    message = N_("The file unpacks into far more than a template can hold, so it was not opened.")
    return RuleBroken("zip_bomb", message)


def _check_entries(entries: list[ZipInfo]) -> None:
    """Before anything is unpacked; the reader never gives more than an entry declares."""
    names = [one.filename for one in entries]
    whole, packed = sum(one.file_size for one in entries), sum(one.compress_size for one in entries)
    if len(entries) > MOST_PARTS or whole > MOST_UNPACKED or whole > max(4096, packed) * MOST_RATIO:
        raise _bomb()
    if len(set(names)) < len(names):
        raise _no_docx()
    for one in entries:
        if one.flag_bits & _ENCRYPTED or one.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise _no_docx()
        if not one.is_dir() and not PARTS.fullmatch(one.filename):
            raise RuleBroken(
                "foreign_part",
                N_(
                    "The file holds more than text and pictures: «%(part)s». Remove macros and embedded objects."
                ),
                part="".join(sign if sign.isprintable() else "?" for sign in one.filename)[:80],
            )


def _tree(part: bytes) -> etree._Element:
    """The XML of a part; one that declares entities is refused before they are unfolded."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        tree = etree.fromstring(part, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise _no_docx() from None
    if tree.getroottree().docinfo.doctype:
        raise _no_docx()
    return tree


def _check_types(tree: etree._Element) -> None:
    main = [
        one.get("ContentType") for one in tree.iter(f"{_PACKAGE}content-types}}Override")
        if one.get("PartName") == "/word/document.xml"
    ]  # fmt: skip
    kinds = " ".join(one.get("ContentType", "") for one in tree if isinstance(one.tag, str)).casefold()
    if main != [MAIN]:
        raise _no_docx()
    if any(word in kinds for word in ("macro", "vba", "oleobject", "activex", "htm", "rtf")):
        raise RuleBroken("macros", N_("The file holds a program or an embedded object: remove it."))


def _check_relations(tree: etree._Element) -> None:
    for one in tree.iter(f"{_PACKAGE}relationships}}Relationship"):
        if one.get("TargetMode", "Internal") != "Internal" or ":" in one.get("Target", ""):
            raise RuleBroken("leads_outside", LEADS_OUTSIDE)
        kind = one.get("Type", "").rpartition("/")[2]
        if kind not in RELATIONS:
            raise RuleBroken(
                "foreign_part",
                N_(
                    "The file holds more than text and pictures: «%(part)s». Remove macros and embedded objects."
                ),
                part=kind[:80],
            )


def _check_links(tree: etree._Element) -> None:
    """Drawings of old, and letters for many, name their sources without any relation."""
    for one in _elements(tree):
        named = [value for name, value in one.attrib.items() if etree.QName(name).localname in LINKING]
        if _local(one) == "mailMerge" or any(re.search(r":|//|\\\\", value) for value in named):
            raise RuleBroken("leads_outside", LEADS_OUTSIDE)


def _elements(tree: etree._Element) -> Iterator[etree._Element]:
    return (one for one in tree.iter() if isinstance(one.tag, str))


def _local(element: etree._Element) -> str:
    """The name without its namespace: there are two of the same meaning."""
    return str(etree.QName(element).localname)


def _check_fields(tree: etree._Element) -> None:
    """Fields only number pages and tell the day: others fetch files or start programs."""
    for text in _codes(tree):
        first = text.split()[:1]
        if first and first[0].upper() not in FIELDS:
            raise RuleBroken(
                "foreign_field",
                N_("The file has the field %(field)s: only page numbers and dates work by themselves here."),
                field=first[0][:40],
            )


def _codes(tree: etree._Element) -> Iterator[str]:
    """What fields are told to do, however it is spelled: also as plain text between their beginning and result."""
    said, inside = "", False
    for one in _elements(tree):
        name = _local(one)
        if name == "fldSimple":
            yield from (value for key, value in one.attrib.items() if etree.QName(key).localname == "instr")
        elif name in ("instrText", "delInstrText") or (name == "t" and inside):
            said += one.text or ""
        elif name == "fldChar":
            yield said
            kinds = [
                value for key, value in one.attrib.items() if etree.QName(key).localname == "fldCharType"
            ]
            said, inside = "", kinds == ["begin"]
    yield said
