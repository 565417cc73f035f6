"""Range requests (RFC 9110, section 14): which bytes a player asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass

SINGLE_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})", re.ASCII)


class RangeNotSatisfiable(ValueError):
    """The range lies outside the file."""


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes start..end, both included."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """Return how many bytes the span has."""
        return self.end - self.start + 1


def requested_span(header: str, size_bytes: int) -> Span | None:
    """Return the span of a Range header; None where the whole file is the right answer.

    Several ranges at once, other units and malformed headers are ignored, as the standard allows.

    Raises:
        RangeNotSatisfiable: the file has no byte of it.
    """
    match = SINGLE_RANGE.fullmatch(header.replace(" ", ""))
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    span = _span(first, last, size_bytes) if first else Span(max(0, size_bytes - int(last)), size_bytes - 1)
    if span is not None and span.start >= size_bytes:
        raise RangeNotSatisfiable(header)
    return span


def _span(first: str, last: str, size_bytes: int) -> Span | None:
    end = min(int(last), size_bytes - 1) if last else size_bytes - 1
    if last and int(last) < int(first):
        return None
    return Span(int(first), end)
