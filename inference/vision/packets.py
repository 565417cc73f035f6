"""Which packets must be decoded, and how fully, so that every wanted picture comes out as in a decode of all.

Three kinds are left out: pictures that nothing refers to, the end of a group of pictures behind the last wanted one,
and, where the encoder says that no later picture needs them, B pictures that only other B pictures refer to.
"""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias

from av.video.frame import PictureType

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    VideoPacket: TypeAlias = Packet[VideoStream]

Skip: TypeAlias = Literal["DEFAULT", "NONREF", "BIDIR"]
"""FFmpeg's ``skip_frame``: decode it; not if nothing refers to it; nor if it is a B picture."""

# Timestamps of 1/90000 s and 1/1000 s round differently: a frame this early still belongs to its grid time.
TIME_SLACK_S = 1e-6
# A picture may wait for this many later packets of its group: the deepest reorder of H.264 and HEVC is 16.
LOOKAHEAD_PACKETS = 40
# So many packets and bytes may wait for the end of their group.
HELD_PACKETS, HELD_BYTES = 600, 16 * 1024**2
# Containers that mark any packet as a key exist: so many marks must have been true before one is relied on.
CONFIRMED_KEYS = 2
HEADER_BYTES = 2048
# x264 keeps so many reference pictures in these two cases. Of two or more B pictures in a row, one is a reference.
REFERENCES = 4
IDR, START_CODE = 5, re.compile(rb"\x00\x00\x01")
X264_OPTIONS = re.compile(rb"x264 - core .*? ref=(\d+) .*? b_pyramid=(\d)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Sampling:
    """Which frames are wanted: in each part of ``part_s`` the first frame at or after every multiple of 1/fps."""

    fps: float
    part_s: float

    def slot(self, timestamp_s: float) -> tuple[int, int]:
        """Return the part and the grid interval within it that a frame at ``timestamp_s`` falls into."""
        part = math.floor((timestamp_s + TIME_SLACK_S) / self.part_s)
        return part, math.floor((timestamp_s + TIME_SLACK_S - part * self.part_s) * self.fps)


@dataclass(slots=True)
class Wanted:
    """Says which packets hold a picture that will be sampled, so that others need not be decoded for themselves."""

    sampling: Sampling
    origin: float
    first: dict[tuple[int, int], float] = field(default_factory=dict)

    def note(self, packet: VideoPacket) -> None:
        """Take a packet of the look-ahead into account."""
        if packet.pts is not None and packet.time_base is not None:
            timestamp_s = float(packet.pts * packet.time_base) - self.origin
            slot = self.sampling.slot(timestamp_s)
            self.first[slot] = min(timestamp_s, self.first.get(slot, math.inf))

    def wants(self, packet: VideoPacket) -> bool:
        """Say whether the packet's picture is the first of its grid interval, as far as the look-ahead shows."""
        if packet.pts is None or packet.time_base is None:
            return True
        timestamp_s = float(packet.pts * packet.time_base) - self.origin
        slot = self.sampling.slot(timestamp_s)
        self._forget_before(slot)
        return timestamp_s <= self.first.get(slot, math.inf)

    def _forget_before(self, slot: tuple[int, int]) -> None:
        if len(self.first) > 4 * LOOKAHEAD_PACKETS:
            self.first = {kept: time_s for kept, time_s in self.first.items() if kept >= (slot[0] - 1, 0)}


@dataclass(slots=True)
class KeyMarks:
    """Whether the container's key marks can be relied on: a picture so marked must come out as an I picture.

    ``nal_length_bytes`` of an H.264 stream says how its packets are cut: 0 by start codes; None for another codec.
    """

    nal_length_bytes: int | None = None
    _marked: set[int] = field(default_factory=set)
    _confirmed: int = 0
    _is_wrong: bool = False

    @property
    def are_true(self) -> bool:
        """Whether enough marks were confirmed and none was wrong."""
        return self._confirmed >= CONFIRMED_KEYS and not self._is_wrong

    def begins_anew(self, packet: VideoPacket) -> bool:
        """Say whether nothing before the packet, nor its absence, can change what is shown from its picture on.

        H.264 keeps old pictures, and counts missing ones, over a key that is not an IDR picture.
        """
        if not (packet.is_keyframe and self.are_true):
            return False
        return self.nal_length_bytes is None or IDR in nal_types(bytes(packet), self.nal_length_bytes)

    def expect(self, packet: VideoPacket) -> None:
        """Remember a marked packet that goes to the decoder."""
        if packet.is_keyframe and packet.pts is not None:
            self._marked.add(packet.pts)

    def check(self, picture: VideoFrame) -> None:
        """Hold a decoded picture against its mark."""
        if picture.pts in self._marked:
            self._marked.discard(picture.pts)
            self._confirmed += 1
            self._is_wrong |= picture.pict_type != PictureType.I


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


def spares_b_pictures(packet: VideoPacket) -> bool:
    """Say whether P pictures never refer to B pictures, by x264's own note in a recording's first packet.

    They do not where there is one reference picture, which is then the P picture before, or a strict pyramid.
    """
    found = X264_OPTIONS.search(bytes(packet)[:HEADER_BYTES])
    return found is not None and (int(found[1]) == 1 or (int(found[2]) == 1 and int(found[1]) <= REFERENCES))


def planned(
    packets: Iterable[VideoPacket], wanted: Wanted, keys: KeyMarks, *, spares_b: bool
) -> Iterator[tuple[VideoPacket, Skip]]:
    """Yield, in order, the packets that the decoder needs, each with how much of it may be skipped."""
    group = _Group()
    for packet in _looked_ahead(packets, wanted):
        is_wanted = wanted.wants(packet)
        if not group.is_leading(packet):
            group.drop_tail()
            if group.is_urgent:
                yield from group.taken(spares_b=spares_b)
        if keys.begins_anew(packet):
            group.begin(packet)
        group.add(packet, is_wanted=is_wanted)
        if (is_wanted and not group.awaits_leading(packet)) or group.is_full:
            yield from group.taken(spares_b=spares_b)
    group.drop_tail()
    if group.is_urgent:
        yield from group.taken(spares_b=spares_b)


@dataclass(frozen=True, slots=True)
class _Held:
    packet: VideoPacket
    is_wanted: bool
    is_anchor: bool


class _Group:
    """Packets that wait to know whether a wanted picture comes behind them in their group of pictures.

    The first ``_tail`` of them belong to the group before ``_key_pts``: only a leading picture, shown before that key
    but stored behind it, can still need them.
    """

    def __init__(self) -> None:
        self._held: list[_Held] = []
        self._tail, self._key_pts, self._latest_pts = 0, -math.inf, -math.inf
        self._bytes, self.is_urgent = 0, False

    @property
    def is_full(self) -> bool:
        return len(self._held) >= HELD_PACKETS or self._bytes >= HELD_BYTES

    def is_leading(self, packet: VideoPacket) -> bool:
        return packet.pts is not None and packet.pts < self._key_pts

    def awaits_leading(self, packet: VideoPacket) -> bool:
        """Say whether the packet is a key before which packets wait."""
        return self._tail > 0 and packet.pts == self._key_pts

    def begin(self, key: VideoPacket) -> None:
        self._tail = len(self._held)
        self._key_pts = -math.inf if key.pts is None else key.pts

    def drop_tail(self) -> None:
        if self._tail:
            del self._held[: self._tail]
            self._tail, self._bytes = 0, sum(held.packet.size for held in self._held)

    def add(self, packet: VideoPacket, *, is_wanted: bool) -> None:
        is_anchor = packet.pts is not None and packet.pts > self._latest_pts
        self._latest_pts = max(self._latest_pts, -math.inf if packet.pts is None else packet.pts)
        self._held.append(_Held(packet, is_wanted, is_anchor))
        self._bytes += packet.size
        self.is_urgent |= is_wanted

    def taken(self, *, spares_b: bool) -> list[tuple[VideoPacket, Skip]]:
        """Return all that waits, for the decoder."""
        spared = self._spared() if spares_b else 0
        found = [(held.packet, _level(held, spares_b=i < spared)) for i, held in enumerate(self._held)]
        self._held, self._tail, self._bytes, self.is_urgent = [], 0, 0, False
        return found

    def _spared(self) -> int:
        """Return of how many packets, from the first, the B pictures leave no trace in the last picture.

        The last one may itself be a B picture behind the last anchor. What was skipped stays in the decoder's memory
        as a hole, until ``REFERENCES`` later pictures that others refer to have pushed it out.
        """
        anchors = [i for i, held in enumerate(self._held) if held.is_anchor]
        references = 0
        for anchor, following in reversed(list(pairwise(anchors))):
            references += 1 + (following - anchor > 2)
            if references >= REFERENCES:
                return anchor
        return 0


def _level(held: _Held, *, spares_b: bool) -> Skip:
    if held.is_wanted or held.packet.is_keyframe:
        return "DEFAULT"
    return "BIDIR" if spares_b else "NONREF"


def _looked_ahead(packets: Iterable[VideoPacket], wanted: Wanted) -> Iterator[VideoPacket]:
    waiting: deque[VideoPacket] = deque()
    for packet in packets:
        wanted.note(packet)
        waiting.append(packet)
        if len(waiting) > LOOKAHEAD_PACKETS:
            yield waiting.popleft()
    yield from waiting
