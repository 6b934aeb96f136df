"""Papers read back as text."""

import io
import re

from docx import Document
from docx.table import Table
from pypdf import PdfReader


def of_pdf(data: bytes) -> str:
    """The text of all pages."""
    return "\n".join(pages_of(data))


def pages_of(data: bytes) -> list[str]:
    """The text of each page, with plain spaces."""
    return [page.extract_text().replace("\xa0", " ") for page in PdfReader(io.BytesIO(data)).pages]


def of_docx(data: bytes) -> str:
    """The text of the body in its order, cells of tables included."""
    said: list[str] = []
    for part in Document(io.BytesIO(data)).iter_inner_content():
        if isinstance(part, Table):
            said += [cell.text for row in part.rows for cell in row.cells]
        else:
            said.append(part.text)
    return "\n".join(said).replace("\xa0", " ")


def squeezed(text: str) -> str:
    """The text without what line breaks, hyphenation and page numbers make of it."""
    text = re.sub(r"стр\. \d+ из \d+", "", text)
    return re.sub(r"[\s\u200b\u2060\xad-]+", "", text)


def words(text: str) -> list[str]:
    """All words in alphabetical order, numbers of lists left out: two formats that say the same have the same."""
    text = re.sub(r"стр\. \d+ из \d+", "", text)
    text = re.sub(r"(?m)^\s*(\d+\.|–)\s", "", text)
    return sorted(re.findall(r"[^\W_]+", text))
