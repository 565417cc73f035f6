"""Which packets must be decoded, and how fully, so that every wanted picture comes out as in a decode of all.

Three kinds are left out: pictures that nothing refers to, the end of a group of pictures behind the last wanted one,
and, where the encoder says that no later picture needs them, B pictures that only other B pictures refer to.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias

from av.video.frame import PictureType

from inference.vision.h264 import IDR, REFERENCES, nal_types
from inference.vision.wanted import LOOKAHEAD_PACKETS, Wanted

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    VideoPacket: TypeAlias = Packet[VideoStream]

Skip: TypeAlias = Literal["DEFAULT", "NONREF", "BIDIR"]
"""FFmpeg's ``skip_frame``: decode it; not if nothing refers to it; nor if it is a B picture."""

# So many packets and bytes may wait for the end of their group.
HELD_PACKETS, HELD_BYTES = 600, 16 * 1024**2
# Containers that mark any packet as a key exist: so many marks must have been true before one is relied on.
CONFIRMED_KEYS = 2


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


def planned(packets: Iterable[VideoPacket], wanted: Wanted, keys: KeyMarks) -> Iterator[tuple[VideoPacket, Skip]]:
    """Yield, in order, the packets that the decoder needs, each with how much of it may be skipped."""
    group = _Group(spares_b=wanted.spares_b, avoids_b=wanted.avoids_b)
    for packet in _looked_ahead(packets, wanted):
        is_wanted = wanted.wants(packet)
        if not group.is_leading(packet):
            group.drop_tail()
            if group.is_urgent:
                yield from group.taken()
        if keys.begins_anew(packet):
            group.begin(packet)
        group.add(packet, is_wanted=is_wanted)
        if (is_wanted and not group.awaits_leading(packet)) or group.is_full:
            yield from group.taken()
    group.drop_tail()
    if group.is_urgent:
        yield from group.taken()


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

    def __init__(self, *, spares_b: bool, avoids_b: bool) -> None:
        self._spares_b, self._avoids_b = spares_b, avoids_b
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

    def taken(self) -> list[tuple[VideoPacket, Skip]]:
        """Return all that waits, for the decoder."""
        spared = self._spared() if self._spares_b else 0
        found = [(held.packet, _level(held, spares_b=i < spared)) for i, held in enumerate(self._held)]
        self._held, self._tail, self._bytes, self.is_urgent = [], 0, 0, False
        return found

    def _spared(self) -> int:
        """Return of how many packets, from the first, the B pictures leave no trace in the last picture.

        The last one may itself be a B picture behind the last anchor. What was skipped stays in the decoder's memory
        as a hole, until ``REFERENCES`` later pictures that others refer to have pushed it out.
        """
        if self._avoids_b and self._held[-1].is_anchor:
            return len(self._held)
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
