"""The spool keeps what was acknowledged, byte for byte, and nothing else."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest

from courses.services import spool


def append(path: Path, offset: int, data: bytes, *, most: int = 10_000_000, digest: bytes | None = None) -> int:
    checksum = spool.Checksum("sha256", digest) if digest else None
    return spool.append(path, offset_bytes=offset, stream=io.BytesIO(data), most_bytes=most, checksum=checksum)


@pytest.fixture
def path() -> Path:
    return spool.spool_folder() / "a.part"


class BrokenStream(io.BytesIO):
    """A connection that is lost in mid-piece."""

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        if not piece:
            raise ConnectionResetError
        return piece


def test_pieces_are_written_one_after_the_other(path: Path) -> None:
    assert append(path, 0, b"abc") == 3
    assert append(path, 3, b"def") == 3
    assert path.read_bytes() == b"abcdef"
    assert path.stat().st_mode & 0o777 == 0o600


def test_bytes_that_were_never_acknowledged_are_cut_off(path: Path) -> None:
    append(path, 0, b"abc-written before the server was killed")
    append(path, 3, b"def")
    assert path.read_bytes() == b"abcdef"


def test_lost_connection_leaves_what_was_there(path: Path) -> None:
    append(path, 0, b"abc")
    with pytest.raises(ConnectionResetError):
        spool.append(path, offset_bytes=3, stream=BrokenStream(b"def"), most_bytes=99, checksum=None)
    assert path.read_bytes() == b"abc"


def test_too_many_bytes_leave_what_was_there(path: Path) -> None:
    append(path, 0, b"abc")
    with pytest.raises(spool.ChunkTooLong):
        append(path, 3, b"defg", most=3)
    assert path.read_bytes() == b"abc"


def test_wrong_checksum_leaves_what_was_there(path: Path) -> None:
    append(path, 0, b"abc")
    with pytest.raises(spool.ChecksumMismatch):
        append(path, 3, b"def", digest=hashlib.sha256(b"other").digest())
    assert append(path, 3, b"def", digest=hashlib.sha256(b"def").digest()) == 3


def test_large_piece_is_written_whole(path: Path) -> None:
    data = bytes(range(256)) * 20_000
    assert append(path, 0, data) == len(data)
    assert path.read_bytes() == data
