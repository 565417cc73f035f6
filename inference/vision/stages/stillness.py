"""Whether a track is a photo in place of a camera: nothing in it moves but what compression does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from inference.vision.sights import pack, unpack_floats, unpack_picture
from inference.vision.stages.looks import Level, place_of
from inference.vision.types import FloatArray, ImageArray

STILL_S, LOOKED_AT_EVERY_S = 30.0, 0.9
# Some people hardly move for half a minute, so a face is refused as a photo only after so long.
PHOTO_S = 300.0
# Mean difference of colour levels; docs/models/tracking.md has those of photos and of people who hardly move.
MOST_DIFFERENCE = 0.8
# In fewer pixels people hardly move either.
LEAST_SIDE_PX = 20.0
# Where the box moved by more of its own size, the tile moved or the person did: what the old place shows says nothing.
MOST_SHIFT = 0.3


@dataclass(frozen=True, slots=True)
class Stillness:
    """Since ``since_s`` the place ``box`` (4,) shows ``picture`` (16, 16, 3); ``still_since_s``: of a photo."""

    box: FloatArray
    picture: ImageArray
    since_s: float
    looked_s: float
    still_since_s: float | None = None

    def after(self, now_s: float, box: FloatArray, levels: list[Level]) -> Stillness:
        """Return it as it is after the face was seen in ``box`` of a frame at several sizes."""
        if now_s - self.looked_s < LOOKED_AT_EVERY_S:
            return self
        if _shift(self.box, box) > MOST_SHIFT:
            return began(now_s, box, levels, still_since_s=self.still_since_s)
        now = place_of(levels, self.box)
        if float(np.abs(now.astype(np.int16) - self.picture).mean()) > MOST_DIFFERENCE:
            return began(now_s, box, levels)
        is_still = now_s - self.since_s >= STILL_S and float((self.box[2:] - self.box[:2]).min()) >= LEAST_SIDE_PX
        since_s = self.since_s if is_still and self.still_since_s is None else self.still_since_s
        return replace(self, looked_s=now_s, still_since_s=since_s)

    def is_photo(self, now_s: float) -> bool:
        """Say whether nothing has moved for so long that no living person is before a camera."""
        return self.still_since_s is not None and now_s - self.still_since_s >= PHOTO_S

    def to_json(self) -> dict[str, object]:
        """Return JSON-serialisable values that lose nothing."""
        return {
            "box": pack(self.box),
            "picture": pack(self.picture),
            "since_s": self.since_s,
            "looked_s": self.looked_s,
            "still_since_s": self.still_since_s,
        }


def _shift(before: FloatArray, now: FloatArray) -> float:
    """Return how far an edge moved, as a share of the longer side."""
    left, top, right, bottom = before.tolist()
    moved = max(abs(old - new) for old, new in zip((left, top, right, bottom), now.tolist(), strict=True))
    return float(moved / max(right - left, bottom - top, 1.0))


def began(now_s: float, box: FloatArray, levels: list[Level], *, still_since_s: float | None = None) -> Stillness:
    """Return the stillness of a face from now on."""
    return Stillness(box, place_of(levels, box), now_s, now_s, still_since_s)


def stillness_from_json(row: dict[str, Any]) -> Stillness:
    """Return what ``to_json`` wrote."""
    return Stillness(
        box=unpack_floats(row["box"]),
        picture=unpack_picture(row["picture"]),
        since_s=float(row["since_s"]),
        looked_s=float(row["looked_s"]),
        still_since_s=row["still_since_s"],
    )
