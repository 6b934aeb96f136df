"""How large a family's file may be: the same numbers for handing out and taking in, so that none is made in vain."""

from portal.rules import N_, RuleBroken

MB = 1024 * 1024
MOST = (
    1000 * MB
)  # of all that lies in the archive, unpacked; with all around it still less than waitress takes
LARGEST = MOST + 8 * MB  # of the archive: what is packed already grows a little by packing
LARGEST_PART = 60 * MB  # of a scan or paper: a scan taken in with 20 MB may have grown when it was remade
LARGEST_CONTENT = 40 * MB  # of family.json
MOST_FILES = 3_000
MOST_ROWS = 200_000


def check(size: int, count: int) -> None:
    """Raises family_too_large for more than a file holds: `size` in bytes, `count` of files."""
    if size > MOST or count > MOST_FILES:
        message = N_(
            "All that is kept of this family is %(count)s files of %(size)s MB; a file holds %(files)s files and"
            " %(most)s MB at most. Nothing was made. Tell the administrator: the scans have to go another way."
        )
        raise RuleBroken(
            "family_too_large", message, count=count, size=-(-size // MB), files=MOST_FILES, most=MOST // MB
        )
