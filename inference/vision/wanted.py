"""Which pictures of a recording are sampled, decided by the times of its packets."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.stream import VideoStream

    VideoPacket: TypeAlias = Packet[VideoStream]

# Timestamps of 1/90000 s and 1/1000 s round differently: a frame this early still belongs to its grid time.
TIME_SLACK_S = 1e-6
# A picture may wait for this many later packets of its group: the deepest reorder of H.264 and HEVC is 16.
LOOKAHEAD_PACKETS = 40
# Up to this rate a sample may come so late in its interval, to be no B picture.
RARE_FPS, LATEST_S = 2.0, 0.2


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
    """Says which picture of each grid interval is sampled, so that others need not be decoded for themselves.

    That is the first one. Where ``spares_b`` and samples are rare, it is the first that is no B picture, if one comes
    within ``LATEST_S``: then no B picture is decoded at all.
    """

    sampling: Sampling
    origin: float
    spares_b: bool = False
    _chosen: dict[tuple[int, int], tuple[bool, float]] = field(default_factory=dict)
    _latest_pts: float = -math.inf

    @property
    def avoids_b(self) -> bool:
        """Whether B pictures are sampled only where there is no other."""
        return self.spares_b and self.sampling.fps <= RARE_FPS

    def note(self, packet: VideoPacket) -> None:
        """Take a packet of the look-ahead into account."""
        if packet.pts is not None and packet.time_base is not None:
            timestamp_s = self._timestamp_s(packet)
            slot = self.sampling.slot(timestamp_s)
            candidate = self._is_second_choice(packet.pts, timestamp_s), timestamp_s
            self._chosen[slot] = min(candidate, self._chosen.get(slot, candidate))
            self._latest_pts = max(self._latest_pts, packet.pts)

    def wants(self, packet: VideoPacket) -> bool:
        """Say whether the packet's picture is the one of its grid interval, as far as the look-ahead shows."""
        if packet.pts is None or packet.time_base is None:
            return True
        timestamp_s = self._timestamp_s(packet)
        self._forget_before(self.sampling.slot(timestamp_s))
        return not self.is_early(timestamp_s) and timestamp_s <= self._chosen_s(timestamp_s, math.inf)

    def is_early(self, timestamp_s: float) -> bool:
        """Say whether a better picture of the same interval comes later."""
        return timestamp_s < self._chosen_s(timestamp_s, -math.inf)

    def _chosen_s(self, timestamp_s: float, otherwise: float) -> float:
        return self._chosen.get(self.sampling.slot(timestamp_s), (False, otherwise))[1]

    def _timestamp_s(self, packet: VideoPacket) -> float:
        return float((packet.pts or 0) * packet.time_base) - self.origin

    def _is_second_choice(self, pts: int, timestamp_s: float) -> bool:
        """Say whether the picture is a B picture, or comes late, where the first other one is looked for."""
        if not self.avoids_b:
            return False
        in_part_s = timestamp_s + TIME_SLACK_S - self.sampling.slot(timestamp_s)[0] * self.sampling.part_s
        return pts < self._latest_pts or (in_part_s * self.sampling.fps) % 1 > LATEST_S * self.sampling.fps

    def _forget_before(self, slot: tuple[int, int]) -> None:
        if len(self._chosen) > 4 * LOOKAHEAD_PACKETS:
            self._chosen = {kept: found for kept, found in self._chosen.items() if kept >= (slot[0] - 1, 0)}
