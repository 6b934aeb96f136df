"""How much CPU a journal of 200 rows takes as a paper."""

import time

from portal.papers import layouts, pdf, word
from portal.papers.catalog import KINDS
from portal.papers.facts import sample_common

CODE = "service-journal"
ROWS = 200
LONGEST = 0.5  # seconds of CPU of a PDF


def follow() -> None:
    """Print a line for each format; the first paper of a process reads the fonts, and is not measured."""
    layout, kind = layouts.read(CODE), KINDS[CODE]
    facts = sample_common() | kind.sample
    rows = {name: (value * ROWS)[:ROWS] for name, value in kind.sample.items() if isinstance(value, list)}
    for name, draw, longest in (("PDF", pdf.draw, LONGEST), ("DOCX", word.draw, None)):
        draw(layout, facts)
        began = time.process_time()
        data = draw(layout, facts | rows)
        spent = time.process_time() - began
        told = f"  TOO LONG: at most {longest:.1f} s" if longest and spent > longest else ""
        print(f"journal of {ROWS} rows, {name}: CPU {spent:.2f} s, {len(data) / 1024:.0f} KB{told}")
