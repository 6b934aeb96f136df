"""Scans as they are taken in: looked into by their content, and remade. Loaded with the first scan only."""

import io
from typing import IO

import pikepdf
from PIL import Image, ImageOps, UnidentifiedImageError

from portal.recognizing import refusal_of
from portal.rules import N_, RuleBroken

LARGEST = 20 * 1024 * 1024
MOST_PIXELS = 40_000_000
WIDEST_PHOTO = 1600
LARGEST_DRAWING, WIDEST_DRAWING, HIGHEST_DRAWING = 200 * 1024, 2000, 1000
_ACTIVE = {
    "/JavaScript",
    "/JS",
    "/OpenAction",
    "/AA",
    "/EmbeddedFiles",
    "/EF",
    "/RichMediaContent",
    "/XFA",
    "/Launch",
}
_ACTIONS = {  # what an action of a PDF may do; links and jumps inside it may stay
    *("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE"),
    *("/Rendition", "/Movie", "/Sound", "/RichMediaExecute"),
}


def clean(stream: IO[bytes], largest: int = LARGEST) -> tuple[bytes, str]:
    """The scan remade, and its media type. Raises RuleBroken for what is no picture (JPEG, PNG) or PDF."""
    data = stream.read(largest + 1)
    _check_there(data)
    if len(data) > largest:
        raise RuleBroken(
            "file_too_large", N_("The file is larger than 20 MB. Scan it with a lower resolution.")
        )
    if data.startswith(b"%PDF-"):
        return _clean_pdf(data), "application/pdf"
    return _clean_picture(data), "image/jpeg"


def _check_there(data: bytes) -> None:
    if not data:
        raise RuleBroken("file_empty", N_("The file is empty. Choose the scan once more."))


def _clean_pdf(data: bytes) -> bytes:
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if any(_is_active(item) for item in pdf.objects):
                raise RuleBroken(
                    "file_active", N_("The PDF holds a program or attachments. Print it to a plain PDF.")
                )
            out = io.BytesIO()
            pdf.save(out)
            return out.getvalue()
    except (
        pikepdf.PdfError,
        pikepdf.PasswordError,
        RuntimeError,
        ValueError,
    ):  # or boxes in boxes without end
        raise RuleBroken(
            "file_broken", N_("The PDF cannot be read or has a password. Scan it once more.")
        ) from None


def _is_active(item: pikepdf.Object) -> bool:
    """Whether an object, or one written inside it, runs something or carries a file."""
    if isinstance(item, pikepdf.Array):
        return any(_is_active(child) for child in item if _is_inside(child))  # type: ignore[attr-defined]
    if not isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
        return False
    parts = dict(item.items())
    if _ACTIVE & parts.keys() or str(parts.get("/S", "")) in _ACTIONS:
        return True
    return any(_is_active(child) for child in parts.values() if _is_inside(child))


def _is_inside(child: object) -> bool:
    return isinstance(child, pikepdf.Object) and not child.is_indirect


def clean_photo(stream: IO[bytes]) -> tuple[bytes, str]:
    """A photo remade for the screen, without where and with what it was taken. Raises what clean does; no PDF."""
    data = stream.read(LARGEST + 1)
    _check_there(data)
    if len(data) > LARGEST:
        raise RuleBroken("file_too_large", N_("The file is larger than 20 MB. Choose a smaller one."))
    return _clean_picture(data, WIDEST_PHOTO), "image/jpeg"


def _clean_picture(data: bytes, widest: int | None = None) -> bytes:
    wrong = RuleBroken("file_kind", N_("This is no scan: only pictures (JPEG, PNG) and PDF are taken."))
    if widest:
        wrong = RuleBroken("photo_kind", N_("This is no picture: only JPEG and PNG are taken."))
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG", "PNG"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise _too_many_pixels()
            out, upright = io.BytesIO(), ImageOps.exif_transpose(picture).convert("RGB")
            if widest:
                upright.thumbnail((widest, widest))
            upright.info.clear()  # else the comment of the one would stand in the other
            upright.save(out, "JPEG", quality=88)
            return out.getvalue()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise refusal_of(data) or wrong from None
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None


def _too_many_pixels() -> RuleBroken:
    return RuleBroken("file_too_many_pixels", N_("The picture is too large: 40 megapixels at most."))


def clean_drawing(stream: IO[bytes]) -> tuple[bytes, str]:
    """A signature drawn on the screen, remade on white. Raises RuleBroken for what is no small PNG, or is empty."""
    data = stream.read(LARGEST_DRAWING + 1)
    if len(data) > LARGEST_DRAWING:
        raise RuleBroken(
            "drawing_too_large", N_("The picture of the signature is larger than 200 KB. Sign once more.")
        )
    _check_there(data)
    wrong = RuleBroken("drawing_kind", N_("This is no drawn signature: only a PNG picture is taken."))
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
            if picture.width > WIDEST_DRAWING or picture.height > HIGHEST_DRAWING:
                raise _too_wide()
            drawn = Image.new("RGBA", picture.size, "white")
            drawn.alpha_composite(picture.convert("RGBA"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise refusal_of(data) or wrong from None
    except Image.DecompressionBombError:
        raise _too_wide() from None
    gray, out = drawn.convert("L"), io.BytesIO()
    darkest, lightest = gray.getextrema()
    if darkest == lightest:
        raise RuleBroken(
            "no_drawing", N_("The field of the signature is empty. Ask the recipient to sign in it.")
        )
    gray.save(out, "PNG", optimize=True)
    return out.getvalue(), "image/png"


def _too_wide() -> RuleBroken:
    message = N_("The picture of the signature is too large: 2000 by 1000 points at most.")
    return RuleBroken("drawing_too_wide", message)
