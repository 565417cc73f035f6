"""What H.264 packets tell of themselves without being decoded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.stream import VideoStream

IDR, START_CODE = 5, re.compile(rb"\x00\x00\x01")
HEADER_BYTES = 2048
# x264 keeps so many reference pictures in the two cases below. Of two or more B pictures in a row, one is a reference.
REFERENCES = 4
X264_OPTIONS = re.compile(rb"x264 - core .*? ref=(\d+) .*? b_pyramid=(\d)", re.DOTALL)


def nal_length_bytes(extradata: bytes | None) -> int:
    """Return the size of the lengths in an H.264 stream's packets, by its header; 0 where start codes part them."""
    return (extradata[4] & 3) + 1 if extradata and len(extradata) > 4 and extradata[0] == 1 else 0


def nal_types(data: bytes, length_bytes: int) -> set[int]:
    """Return the types of an H.264 packet's units, as far as they can be read."""
    if not length_bytes:
        return {data[found.end()] & 31 for found in START_CODE.finditer(data[:-1])}
    types, at = set(), 0
    while at + length_bytes < len(data):
        types.add(data[at + length_bytes] & 31)
        at += length_bytes + int.from_bytes(data[at : at + length_bytes], "big")
    return types


def spares_b_pictures(packet: Packet[VideoStream]) -> bool:
    """Say whether P pictures never refer to B pictures, by x264's own note in a recording's first packet.

    They do not where there is one reference picture, which is then the P picture before, or a strict pyramid.
    """
    found = X264_OPTIONS.search(bytes(packet)[:HEADER_BYTES])
    return found is not None and (int(found[1]) == 1 or (int(found[2]) == 1 and int(found[1]) <= REFERENCES))
