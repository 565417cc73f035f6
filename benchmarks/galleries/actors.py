"""People who can be shown at any time of a recording."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.galleries.backdrops import blurred, fitted
from benchmarks.galleries.clips import Clip, there_and_back
from benchmarks.galleries.cutout import Cutout
from benchmarks.galleries.light import relit
from benchmarks.galleries.motion import pose_at
from benchmarks.galleries.overlays import camera_off, draw_name
from benchmarks.galleries.placing import Place, before, filled, placed
from benchmarks.galleries.tiles import TileShown
from inference.vision.types import ImageArray

FACE_SHARE = 0.45  # of the tile's height
NOISE = 2.5


@dataclass(frozen=True, slots=True)
class Absence:
    """From ``start_s`` to ``end_s`` a person is away; the tile stays, with the camera off, when ``is_tile_kept``."""

    start_s: float
    end_s: float
    is_tile_kept: bool = True

    def covers(self, now_s: float) -> bool:
        """Say whether the person is away at ``now_s``."""
        return self.start_s <= now_s < self.end_s


@dataclass(frozen=True, slots=True)
class Actor:
    """One person: cut out before ``backdrop``, or in a clip as it is. ``seed`` moves them in a way of their own."""

    figure: Cutout | Clip
    seed: int
    backdrop: ImageArray | None = None
    absences: tuple[Absence, ...] = ()

    @property
    def person(self) -> str:
        """Who it is."""
        return self.figure.person

    def is_in_call(self, now_s: float) -> bool:
        """Say whether there is a tile of this person."""
        return not any(absence.covers(now_s) and not absence.is_tile_kept for absence in self.absences)

    def tile(self, now_s: float, size: tuple[int, int]) -> TileShown:
        """Return what the tile of ``size`` (width, height) shows at ``now_s``."""
        if any(absence.covers(now_s) for absence in self.absences):
            shown = TileShown(camera_off(size))
        else:
            shown = self._clip(self.figure, now_s, size) if isinstance(self.figure, Clip) else self._still(now_s, size)
        draw_name(shown.image_bgr, self.person.replace("_", " "))
        return shown

    def _still(self, now_s: float, size: tuple[int, int]) -> TileShown:
        if isinstance(self.figure, Clip) or self.backdrop is None:
            raise TypeError("a person cut out needs a backdrop")
        pose, random = pose_at(self.seed, now_s), np.random.default_rng([9, self.seed, round(now_s * 1000)])
        centre = (0.5 + pose.x) * size[0], (0.48 + pose.y) * size[1]
        person = placed(self.figure, Place(FACE_SHARE * size[1] * pose.zoom, centre, pose.turn_deg), size)
        image = before(blurred(fitted(self.backdrop, size), 0.004), person)
        return TileShown(relit(image, pose.light, NOISE, random), person.box, self.person)

    def _clip(self, clip: Clip, now_s: float, size: tuple[int, int]) -> TileShown:
        step = there_and_back(round(now_s) + self.seed, len(clip.images))
        image, box = filled(clip.images[step], clip.boxes[step], size)
        return TileShown(image.copy(), box, self.person)
