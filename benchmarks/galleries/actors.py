"""People who can be shown at any time of a recording."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from benchmarks.galleries.backdrops import blurred, fitted, painted
from benchmarks.galleries.clips import Clip, there_and_back
from benchmarks.galleries.cutout import Cutout
from benchmarks.galleries.light import relit
from benchmarks.galleries.motion import pose_at
from benchmarks.galleries.overlays import camera_off, draw_name
from benchmarks.galleries.placing import Place, before, filled, placed
from benchmarks.galleries.tiles import TileShown
from inference.vision.types import ImageArray

FACE_SHARE = 0.45  # of the tile's height


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
    """One person: cut out before the painted backdrop of a number, or in a clip as it is.

    ``seed`` moves them in a way of their own.
    """

    figure: Cutout | Clip
    seed: int
    backdrop: int = 0
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
            shown = (
                self._clip(self.figure, now_s, size)
                if isinstance(self.figure, Clip)
                else self._still(self.figure, now_s, size)
            )
        draw_name(shown.image_bgr, self.person.replace("_", " "))
        return shown

    def _still(self, cutout: Cutout, now_s: float, size: tuple[int, int]) -> TileShown:
        pose = pose_at(self.seed, now_s)
        centre = (0.5 + pose.x) * size[0], (0.48 + pose.y) * size[1]
        person = placed(cutout, Place(FACE_SHARE * size[1] * pose.zoom, centre, pose.turn_deg), size)
        image = before(_behind(self.backdrop, size), person)
        return TileShown(relit(image, pose.light, self.seed + round(now_s)), person.box, self.person)

    def _clip(self, clip: Clip, now_s: float, size: tuple[int, int]) -> TileShown:
        step = there_and_back(round(now_s) + self.seed, len(clip.images))
        image, box = filled(clip.images[step], clip.boxes[step], size)
        return TileShown(image.copy(), box, self.person)


@lru_cache(maxsize=256)
def _behind(backdrop: int, size: tuple[int, int]) -> ImageArray:
    return blurred(fitted(painted(backdrop), size), 0.004)
