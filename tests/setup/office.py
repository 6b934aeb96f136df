"""LibreOffice without windows: it opens the editable papers that we make."""

import shutil

from tests.setup.apt import install

PACKAGE = "libreoffice-writer-nogui"


def installed() -> str | None:
    """The path of the program, None where there is none."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def find() -> str | None:
    """The program, installed by apt when that may be."""
    if installed() is None:
        install(PACKAGE)
    return installed()
