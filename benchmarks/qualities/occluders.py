"""Things before a face, drawn onto its mesh: a surgical mask, a hand, an arm or a cup, a phone, hair or a scarf."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType

import cv2
import numpy as np

from benchmarks.poses.heads import OVAL
from benchmarks.qualities.degraded import Seen
from inference.vision.types import FloatArray, ImageArray

NOSE_BRIDGE, NOSE_TIP, CHIN, FOREHEAD = 6, 1, 152, 10
CHEEKS = (50, 280)
MASK_COLOURS = ((235, 230, 220), (200, 170, 120), (40, 40, 40), (160, 150, 210))


def mask(seen: Seen, points: FloatArray, random: np.random.Generator) -> Seen:
    """Cover nose, mouth and chin with cloth of one colour, folded a little."""
    flat = points[:, :2]
    outline = flat[list(OVAL)]
    top = (flat[NOSE_BRIDGE] + flat[NOSE_TIP]) / 2
    down = flat[CHIN] - flat[FOREHEAD]
    below = outline[(outline - top) @ down > 0]
    return _painted(seen, np.vstack([below, top[None]]), _cloth(seen, random))


def hand(seen: Seen, points: FloatArray, random: np.random.Generator) -> Seen:
    """Cover mouth and chin with a fist of the face's own skin."""
    return _fist(seen, points, random, place=0.72, width=0.75, height=0.5)


def hand_on_cheek(seen: Seen, points: FloatArray, random: np.random.Generator) -> Seen:
    """Rest one cheek on a fist, which leaves eyes, nose and most of the mouth free."""
    return _fist(seen, points, random, place=0.7, width=0.45, height=0.5, aside=0.42)


def both_hands(seen: Seen, points: FloatArray, random: np.random.Generator) -> Seen:
    """Hide the face in the hands, the forehead alone is left."""
    return _fist(seen, points, random, place=0.62, width=1.1, height=0.85)


def phone(seen: Seen, points: FloatArray, random: np.random.Generator) -> Seen:
    """Hold a dark rectangle before half of the face."""
    flat = points[:, :2]
    low, high = flat.min(axis=0), flat.max(axis=0)
    side = random.choice([0.0, 0.5])
    left = low[0] + side * (high[0] - low[0])
    right, bottom = left + (high[0] - low[0]) / 2, low[1] + 0.95 * (high[1] - low[1])
    outline = np.array([[left, low[1]], [right, low[1]], [right, bottom], [left, bottom]])
    return _painted(seen, outline, np.full_like(seen.image, random.integers(15, 60)))


def eyes_hidden(seen: Seen, points: FloatArray, random: np.random.Generator) -> Seen:
    """Cover brows and eyes, as with a cap or a hand."""
    flat = points[:, :2]
    across, down = flat[CHEEKS[1]] - flat[CHEEKS[0]], flat[CHIN] - flat[FOREHEAD]
    middle = flat[FOREHEAD] + 0.25 * down
    outline = [middle + x * across + y * down for x, y in ((-0.9, -0.3), (0.9, -0.3), (0.9, 0.2), (-0.9, 0.2))]
    return _painted(seen, np.array(outline), _cloth(seen, random))


Occluder = Callable[[Seen, FloatArray, np.random.Generator], Seen]
OCCLUDERS: MappingProxyType[str, Occluder] = MappingProxyType(
    {
        "hand_on_cheek": hand_on_cheek,
        "mask": mask,
        "hand": hand,
        "both_hands": both_hands,
        "phone": phone,
        "eyes_hidden": eyes_hidden,
    }
)


def _fist(
    seen: Seen,
    points: FloatArray,
    random: np.random.Generator,
    *,
    place: float,
    width: float,
    height: float,
    aside: float = 0.0,
) -> Seen:
    """Draw an ellipse of skin; ``place`` down the face, ``aside`` across it, sizes as shares of the face's."""
    flat = points[:, :2]
    down, wide = flat[CHIN] - flat[FOREHEAD], float(np.ptp(flat[:, 0]))
    side = aside * wide * random.choice([-1, 1])
    middle = flat[FOREHEAD] + place * down + np.array([side, 0]) + random.normal(0, 0.03 * wide, 2)
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    knuckles = 1 + 0.05 * np.cos(9 * angle)
    length = float(np.linalg.norm(down))
    outline = middle + np.column_stack(
        [np.cos(angle) * knuckles * width * wide / 2, np.sin(angle) * knuckles * height * length / 2]
    )
    return _painted(seen, outline, _skin(seen, flat, random))


def _skin(seen: Seen, flat: FloatArray, random: np.random.Generator) -> ImageArray:
    """Return a picture of the cheeks' colour with lines of shadow, as between fingers."""
    height, width = seen.image.shape[:2]
    places = np.clip(flat[list(CHEEKS)].astype(int), 0, [width - 1, height - 1])
    colour = seen.image[places[:, 1], places[:, 0]].mean(axis=0) * random.uniform(0.85, 1.1)
    finger_px = float(np.ptp(flat[:, 0])) / 5
    across = np.arange(width) + random.uniform(0, finger_px)
    shade = 1 - 0.3 * np.exp(-(((across % finger_px) / finger_px - 0.5) ** 2) / 0.01)
    drawn = colour * shade[None, :, None] + random.normal(0, 3, seen.image.shape)
    return np.asarray(drawn.clip(0, 255), np.uint8)


def _cloth(seen: Seen, random: np.random.Generator) -> ImageArray:
    """Return a picture of cloth: one colour with soft folds."""
    height, width = seen.image.shape[:2]
    folds = 1 - 0.12 * np.abs(np.sin(np.arange(height) / height * 40 + random.uniform(0, 6)))
    colour = np.array(random.choice(MASK_COLOURS), np.float64)
    drawn = colour * folds[:, None, None] + random.normal(0, 2, (height, width, 3))
    return np.asarray(drawn.clip(0, 255), np.uint8)


def _painted(seen: Seen, outline: FloatArray, paint: ImageArray) -> Seen:
    """Return the picture with ``paint`` (h, w, 3) inside the hull of ``outline`` (k, 2), its edge soft."""
    cover = np.zeros(seen.image.shape[:2], np.uint8)
    hull = cv2.convexHull(np.round(outline).astype(np.int32))
    cv2.fillConvexPoly(cover, hull, 255)
    alpha = cv2.GaussianBlur(cover, (0, 0), 1.0)[:, :, None] / 255.0
    drawn = paint * alpha + seen.image * (1 - alpha)
    return replace(seen, image=np.asarray(drawn.round(), np.uint8))
