"""Many PDFs as one: with bookmarks, and with their tags, so that a reader of screens finds its way in the whole too.

ISO 32000-1, 14.7: each page names its row of the parent tree by a number, cells of tables name their heads by an id.
Both are unique in a file only, so they are numbered anew before the trees are put together.
"""

import io
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem

SHEAF = 40  # papers
PDF_UA = "http://www.aiim.org/pdfua/ns/id/"


def joined(papers: Iterable[Any], last: Callable[[], bytes | None], title: str) -> bytes:
    """The papers (each with `data`) one after another, and behind them what `last` gives after all were taken.

    They are bound in sheaves, and these into the whole: a paper that is open takes much more memory than its bytes.
    """
    whole = _Binder()
    for some in _sheaves(_with_last(papers, last)):
        sheaf = _Binder()
        for data in some:
            sheaf.add(data)
        whole.add_sheaf(sheaf)
    return whole.finish(title)


def _sheaves(papers: Iterator[bytes]) -> Iterator[list[bytes]]:
    while some := list(islice(papers, SHEAF)):
        yield some


def _with_last(papers: Iterable[Any], last: Callable[[], bytes | None]) -> Iterator[bytes]:
    for paper in papers:
        yield paper.data
    if more := last():
        yield more


class _Binder:
    """The whole, and what of the trees of its parts has been put together so far."""

    def __init__(self) -> None:
        self.whole = pikepdf.new()
        self.count, self.rows = 0, 0  # parts; rows of the parent tree
        self.parts: list[Any] = []
        self.numbers: list[Any] = []
        self.ids: list[tuple[bytes, Any]] = []
        self.roles: dict[str, Any] = {}
        self.marks: list[tuple[str, int]] = []  # title and page of each paper

    def add(self, data: bytes) -> None:
        """A paper: its pages, its bookmark, its tags."""
        with pikepdf.open(io.BytesIO(data)) as part:
            self.marks.append((_title(part), len(self.whole.pages)))
            self._bind(part)

    def add_sheaf(self, sheaf: "_Binder") -> None:
        """All papers of a sheaf, which is closed by this."""
        first = len(self.whole.pages)
        self.marks += [(title, first + page) for title, page in sheaf.marks]
        with pikepdf.open(io.BytesIO(sheaf.close())) as part:
            self._bind(part)

    def _bind(self, part: pikepdf.Pdf) -> None:
        self.count += 1
        _renumber(part, self.rows, f"{self.count}-")
        self.whole.pages.extend(part.pages)  # first: what the tags say of pages leads to these copies
        if Name.StructTreeRoot in part.Root:
            self._take(part.Root.StructTreeRoot)

    def _take(self, root: Any) -> None:
        copy = self.whole.copy_foreign(root) if root.is_indirect else root
        tops = copy.get(Name.K, Array())
        for top in tops if isinstance(tops, Array) else [tops]:
            if top.get(Name.S) == Name.Document:
                top.S = Name.Part
            self.parts.append(top)
        pairs = _leaves(copy.get(Name.ParentTree), Name.Nums)
        for number, row in pairs:
            self.numbers += [int(number) + self.rows, row]
        self.rows += max((int(number) for number, _row in pairs), default=-1) + 1
        self.ids += [(bytes(one[Name.ID]), one) for _id, one in _leaves(copy.get(Name.IDTree), Name.Names)]
        self.roles |= {str(name): role for name, role in copy.get(Name.RoleMap, Dictionary()).items()}

    def finish(self, title: str) -> bytes:
        """The whole with bookmarks and title."""
        with self.whole.open_outline() as outline:
            outline.root.extend(
                OutlineItem(f"{number}. {name}", page) for number, (name, page) in enumerate(self.marks, 1)
            )
        root = self.whole.Root
        root.Lang, root.MarkInfo = "ru-RU", Dictionary(Marked=True)
        root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        pikepdf.models.PdfMetadata.register_xml_namespace(PDF_UA, "pdfuaid")
        with self.whole.open_metadata(set_pikepdf_as_editor=False) as about:
            about["dc:title"], about["dc:language"] = title, {"ru-RU"}
            about["pdfuaid:part"] = "1"
        return self.close()

    def close(self) -> bytes:
        """All that was bound, as a file."""
        with self.whole:
            if self.parts:
                self.whole.Root.StructTreeRoot = self._tree()
            out = io.BytesIO()
            self.whole.save(out, min_version="1.7", object_stream_mode=pikepdf.ObjectStreamMode.generate)
            return out.getvalue()

    def _tree(self) -> Any:
        new = self.whole.make_indirect
        tree = new(Dictionary(Type=Name.StructTreeRoot, RoleMap=Dictionary(self.roles)))
        top = new(Dictionary(Type=Name.StructElem, S=Name.Document, P=tree, K=Array(self.parts)))
        for part in self.parts:
            part.P = top
        tree.K, tree.ParentTreeNextKey = Array([top]), self.rows
        tree.ParentTree = new(Dictionary(Nums=Array(self.numbers)))
        if self.ids:
            names: list[Any] = []
            for name, one in sorted(self.ids, key=lambda pair: pair[0]):
                names += [pikepdf.String(name), one]
            tree.IDTree = new(Dictionary(Names=Array(names)))
        return tree


def _renumber(part: pikepdf.Pdf, rows: int, prefix: str) -> None:
    """Move the numbers of rows behind those taken already, and make the ids of heads this part's own."""
    for one in part.objects:
        if not isinstance(one, (Dictionary, pikepdf.Stream)):
            continue
        for name in (Name.StructParents, Name.StructParent):
            if name in one:
                one[name] = int(one[name]) + rows
        if one.get(Name.Type) == Name.StructElem:
            _rename(one, prefix)


def _rename(element: Any, prefix: str) -> None:
    if Name.ID in element:
        element.ID = pikepdf.String(prefix.encode() + bytes(element.ID))
    about = element.get(Name.A)
    for one in about if isinstance(about, Array) else [about]:
        if isinstance(one, Dictionary) and Name.Headers in one:
            one.Headers = Array([pikepdf.String(prefix.encode() + bytes(head)) for head in one.Headers])


def _leaves(node: Any, name: Name) -> list[tuple[Any, Any]]:
    """The pairs of a number tree or a name tree."""
    if node is None:
        return []
    flat = list(node.get(name, Array()))
    pairs = list(zip(flat[::2], flat[1::2], strict=True))
    return pairs + [pair for kid in node.get(Name.Kids, Array()) for pair in _leaves(kid, name)]


def _title(part: pikepdf.Pdf) -> str:
    """What the paper calls itself."""
    marks = part.Root.get(Name.Outlines, Dictionary())
    first = marks.get(Name.First)
    return str(first.Title) if first is not None else ""
