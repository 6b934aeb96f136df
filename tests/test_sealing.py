"""Large files are sealed block by block: read from anywhere, never changed, cut or moved unseen."""

import io
import random
import zipfile
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from flask import Flask, request

from portal import files, sealing
from portal.sealing import BLOCK, HEAD, TAG

KEY = bytes(range(32))
SIZES = (0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 3 * BLOCK + 7)


def kept(folder: Path, data: bytes, step: int = 100_003) -> Path:
    with sealing.Sealing(folder, KEY) as out:
        for start in range(0, len(data), step):
            assert out.write(data[start : start + step]) == len(data[start : start + step])
        name = out.keep()
        assert out.size == len(data)
    return folder / name


def body(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def whole(path: Path) -> bytes:
    with sealing.reading(path, KEY) as file:
        return file.read()


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_is_read_as_it_was(tmp_path: Path, size: int) -> None:
    path = kept(tmp_path, body(size))
    assert whole(path) == body(size)
    assert body(size)[:64] not in path.read_bytes() or size < 64
    with sealing.reading(path, KEY) as file:
        assert file.seek(0, 2) == size
        for place in (size // 2, 0, max(0, size - 5), size + 10):
            file.seek(place)
            assert file.read(300_000) == body(size)[place : place + 300_000]


@pytest.mark.parametrize("place", [8, HEAD, HEAD + BLOCK, HEAD + BLOCK + TAG + 5, -1])
def test_a_changed_file_is_not_read(tmp_path: Path, place: int) -> None:
    path = kept(tmp_path, body(3 * BLOCK))
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    with pytest.raises(InvalidTag):
        whole(path)


def test_no_block_is_cut_off_moved_or_taken_from_another_file(tmp_path: Path) -> None:
    path, step = kept(tmp_path, body(3 * BLOCK)), BLOCK + TAG
    good, other = path.read_bytes(), kept(tmp_path, body(3 * BLOCK)).read_bytes()
    first, second = good[HEAD : HEAD + step], good[HEAD + step : HEAD + 2 * step]
    for bad in (
        good[:-step],
        good[:HEAD],
        good[:HEAD] + second + first + good[HEAD + 2 * step :],
        good[: HEAD + step] + other[HEAD + step :],
        good + good[-step:],
    ):
        path.write_bytes(bad)
        with pytest.raises(InvalidTag):
            whole(path)


def test_a_file_lies_under_its_own_name_alone(tmp_path: Path) -> None:
    path = kept(tmp_path, b"a whole file")
    with pytest.raises(InvalidTag):
        whole(path.rename(tmp_path / ("0" * 32)))


def test_what_is_not_kept_is_gone(tmp_path: Path) -> None:
    with sealing.Sealing(tmp_path, KEY) as out:
        out.write(body(2 * BLOCK))
    with pytest.raises(ZeroDivisionError), sealing.Sealing(tmp_path, KEY) as out:
        raise ZeroDivisionError
    sealing.Sealing(tmp_path, KEY).write(b"forgotten by whoever opened it")
    assert not list(tmp_path.iterdir())


def test_an_archive_is_written_into_it_and_read_out_of_it(tmp_path: Path) -> None:
    with sealing.Sealing(tmp_path, KEY) as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
            archive.writestr("a", body(2 * BLOCK))
            archive.writestr("b", b"short")
        name = out.keep()
    with sealing.reading(tmp_path / name, KEY) as file, zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        assert (archive.read("b"), archive.read("a")) == (b"short", body(2 * BLOCK))


def test_files_are_read_alike_however_they_were_sealed(app: Flask) -> None:
    name, _sha256 = files.keep(b"in one piece")
    with files.seal_in("uploads") as out:
        out.write(b"in blocks")
        other = out.keep()
    assert [files.read(one) for one in (name, other)] == [b"in one piece", b"in blocks"]
    with pytest.raises(FileNotFoundError):
        files.opened("0" * 32)


def test_words_stand_sealed_where_numbers_do(app: Flask) -> None:
    words = {"to": "Ивановой М. П."}
    sealed = files.seal_words(words)
    assert files.unseal_words(sealed) == words and sealed.isascii()
    with pytest.raises(InvalidTag):
        files.unseal_words("A" + sealed[1:] if sealed[0] != "A" else "B" + sealed[1:])


def test_what_arrives_sealed_is_gone_after_the_request_unless_kept(app: Flask) -> None:
    place = Path(app.config["INSTANCE"]) / "brought_in"
    data = body(5 * BLOCK)
    for keeps in (False, True):
        sent = {"file": (io.BytesIO(data), "family.zip"), "more": (io.BytesIO(b"x"), "x.txt")}
        with app.test_request_context("/", method="POST", data=sent):
            request.folder = "brought_in"  # type: ignore[attr-defined]
            found = request.files["file"].stream
            assert len(list(place.iterdir())) == 2
            assert not any(data[:64] in path.read_bytes() for path in place.iterdir())
            assert files.read(found.name, "brought_in") == data
            if keeps:
                found.keep()
        assert [path.name for path in place.iterdir()] == ([found.name] if keeps else [])
