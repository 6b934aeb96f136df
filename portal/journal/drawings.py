"""Signatures drawn on the screen, and scans of signed papers, kept as sealed files."""

import contextlib
from collections.abc import Callable, Iterator

from sqlalchemy.orm import Session

from portal import clock, files
from portal.families.models import StoredFile

Picture = tuple[bytes, str]  # cleaned, with its media type
Store = Callable[[Session, int], int | None]


@contextlib.contextmanager
def kept(picture: Picture | None) -> Iterator[Store]:
    """Seal the picture; gives what puts its row into a transaction. Forgotten again when something fails."""
    sealed = files.keep(picture[0]) if picture else None

    def store(s: Session, actor_id: int) -> int | None:
        if picture is None or sealed is None:
            return None
        row = StoredFile(
            name=sealed[0],
            media_type=picture[1],
            size=len(picture[0]),
            sha256=sealed[1],
            uploaded_by_id=actor_id,
            uploaded_at=clock.now(),
        )
        s.add(row)
        s.flush()
        return row.id

    try:
        yield store
    except BaseException:
        if sealed:
            files.drop(sealed[0])
        raise
