"""What a meeting draws on tiles, and what it shows where a camera is off: names, icons, initials, cartoon figures."""

from __future__ import annotations

import cv2
import numpy as np

from inference.vision.types import FloatArray, ImageArray

FONT = cv2.FONT_HERSHEY_SIMPLEX
OFF_GRAY = 34
WHITE, DARK, GREEN, RED = (240, 240, 240), (30, 30, 30), (80, 210, 60), (50, 50, 220)


def draw_name(tile: ImageArray, name: str) -> None:
    """Write the name into the lower left corner, on a dark plate."""
    scale = max(tile.shape[0] / 480, 0.25)
    (wide, tall), base = cv2.getTextSize(name, FONT, scale, 1)
    bottom = tile.shape[0]
    cv2.rectangle(tile, (0, bottom - tall - 2 * base), (wide + 2 * base, bottom), DARK, cv2.FILLED)
    cv2.putText(tile, name, (base, bottom - base), FONT, scale, WHITE, 1, cv2.LINE_AA)


def draw_icons(tile: ImageArray, box: FloatArray, random: np.random.Generator) -> None:
    """Draw a speaker's frame, a microphone, a raised hand, and an icon that covers a corner of the face's box."""
    height, width = tile.shape[:2]
    unit = max(round(float(box[3] - box[1]) / 5), 3)
    cv2.rectangle(tile, (0, 0), (width - 1, height - 1), GREEN, max(height // 90, 2))
    cv2.circle(tile, (width - 2 * unit, height - 2 * unit), unit, RED, -1, cv2.LINE_AA)
    cv2.ellipse(tile, (2 * unit, 2 * unit), (unit, unit + unit // 2), 0, 0, 360, (90, 190, 250), -1, cv2.LINE_AA)
    x = int(box[0] if random.random() < 0.5 else box[2])
    y = int(box[3] if random.random() < 0.5 else box[1])
    cv2.circle(tile, (x, y), unit, (60, 200, 255), -1, cv2.LINE_AA)
    cv2.circle(tile, (x, y), max(unit // 3, 1), DARK, -1, cv2.LINE_AA)


def camera_off(size: tuple[int, int]) -> ImageArray:
    """Return an empty dark tile of ``size`` (width, height)."""
    return np.full((size[1], size[0], 3), OFF_GRAY, np.uint8)


def initials(size: tuple[int, int], name: str, random: np.random.Generator) -> ImageArray:
    """Return a tile with the name's first letters on a disc."""
    tile, colour = camera_off(size), tuple(int(value) for value in random.integers(60, 220, 3))
    radius, letters = size[1] // 3, "".join(word[0] for word in name.split()[:2])
    cv2.circle(tile, (size[0] // 2, size[1] // 2), radius, colour, -1, cv2.LINE_AA)
    scale = radius / 26
    (wide, tall), _ = cv2.getTextSize(letters, FONT, scale, 2)
    cv2.putText(tile, letters, ((size[0] - wide) // 2, (size[1] + tall) // 2), FONT, scale, WHITE, 2, cv2.LINE_AA)
    return tile


def cartoon(size: tuple[int, int], random: np.random.Generator) -> ImageArray:
    """Return a tile with a drawn figure: a head with eyes and a mouth, or the gray figure of an empty profile.

    Neither is a face: nothing can be measured on it.
    """
    tile = np.full((size[1], size[0], 3), tuple(int(value) for value in random.integers(90, 230, 3)), np.uint8)
    x, y, r = size[0] // 2, size[1] // 2, size[1] // 4
    is_empty = random.random() < 0.5
    skin = (150, 150, 150) if is_empty else tuple(int(value) for value in random.integers((60, 120, 160), 256))
    cv2.ellipse(tile, (x, y + 2 * r + r // 2), (2 * r, r + r // 3), 0, 180, 360, (90, 90, 90), -1, cv2.LINE_AA)
    cv2.circle(tile, (x, y), r, skin, -1, cv2.LINE_AA)
    if not is_empty:
        for side in (-1, 1):
            cv2.circle(tile, (x + side * r // 3, y - r // 5), max(r // 8, 1), DARK, -1, cv2.LINE_AA)
        cv2.ellipse(tile, (x, y + r // 4), (r // 2, r // 3), 0, 10, 170, DARK, max(r // 12, 1), cv2.LINE_AA)
    return tile
