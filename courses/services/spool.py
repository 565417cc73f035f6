"""The spool: files that grow while uploads arrive. Knows bytes and disks, nothing of rows or HTTP."""

from __future__ import annotations

import base64
import contextlib
import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings

PIECE_BYTES = 1024**2
ALGORITHMS = ("md5", "sha1", "sha256")
# EFBIG is what a file-size limit of the process or of the file system says.
FULL_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class ByteStream(Protocol):
    """Anything that gives bytes piece by piece, such as a request."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes; none at the end."""


class SpoolFull(OSError):
    """The disk has no room for the piece; nothing of it was kept."""


class ChecksumMismatch(ValueError):
    """The bytes are not the ones that the sender meant; nothing of them was kept."""


class ChunkTooLong(ValueError):
    """More bytes came than fit; nothing of them was kept."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the sender says about a chunk: tus' `Upload-Checksum`."""

    algorithm: str
    digest: bytes

    @classmethod
    def from_header(cls, header: str) -> Checksum:
        """Read `sha1 <base64>`; raise ValueError for anything else."""
        algorithm, _, encoded = header.strip().partition(" ")
        if algorithm not in ALGORITHMS:
            raise ValueError(algorithm)
        digest = base64.b64decode(encoded, validate=True)
        if len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
            raise ValueError(encoded)
        return cls(algorithm, digest)


def file_size(path: Path) -> int:
    """Return the size in bytes; 0 where there is no file."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def free_bytes() -> int:
    """Return how much the spool's disk can still take."""
    return shutil.disk_usage(spool_folder()).free


def spool_folder() -> Path:
    """Return the spool's folder, made where it is missing, readable by nobody else."""
    folder = Path(settings.UPLOAD_SPOOL_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def append(path: Path, *, offset_bytes: int, stream: ByteStream, most_bytes: int, checksum: Checksum | None) -> int:
    """Write the stream at the offset and flush it to the disk; return how many bytes came.

    What lies beyond the offset was never acknowledged: it is cut off first, and again when anything fails.
    """
    spool_folder()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with _cut_back_on_error(descriptor, offset_bytes):
            return _write(descriptor, stream, most_bytes=most_bytes, checksum=checksum)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _cut_back_on_error(descriptor: int, offset_bytes: int) -> Iterator[None]:
    os.ftruncate(descriptor, offset_bytes)
    os.lseek(descriptor, offset_bytes, os.SEEK_SET)
    try:
        yield
    except BaseException as error:
        os.ftruncate(descriptor, offset_bytes)
        if isinstance(error, OSError) and error.errno in FULL_ERRNOS:
            raise SpoolFull(error.errno, error.strerror) from error
        raise


def _write(descriptor: int, stream: ByteStream, *, most_bytes: int, checksum: Checksum | None) -> int:
    digest = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
    written_bytes = 0
    while piece := stream.read(min(PIECE_BYTES, most_bytes - written_bytes + 1)):
        written_bytes += len(piece)
        if written_bytes > most_bytes:
            raise ChunkTooLong(most_bytes)
        _write_whole(descriptor, piece)
        if digest:
            digest.update(piece)
    if digest and checksum and digest.digest() != checksum.digest:
        raise ChecksumMismatch(checksum.algorithm)
    os.fsync(descriptor)
    return written_bytes


def _write_whole(descriptor: int, piece: bytes) -> None:
    rest = memoryview(piece)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
