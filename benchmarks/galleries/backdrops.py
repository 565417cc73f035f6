"""What is behind people: painted rooms and pictures, and pieces of real rooms without a face."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias, cast

import cv2
import numpy as np

from inference.vision.types import ImageArray

Painter: TypeAlias = Callable[[ImageArray, np.random.Generator], None]
WIDTH_PX, HEIGHT_PX = 640, 360
BLUR_WIDTH_PX = 160  # wide blurs are done at this width: the same picture for a hundredth of the work


@lru_cache(maxsize=64)
def painted(number: int) -> ImageArray:
    """Return the backdrop (360, 640, 3) of that number: always the same one."""
    random = np.random.default_rng([7, number])
    image = _shaded(_colour(random, 60, 230), _colour(random, 60, 230))
    PAINTERS[number % len(PAINTERS)](image, random)
    return image


def blurred(image_bgr: ImageArray, strength: float) -> ImageArray:
    """Return a picture as a meeting's background blur makes it; ``strength`` is the radius over the width."""
    height, width = image_bgr.shape[:2]
    scale = min(1.0, BLUR_WIDTH_PX / width) if strength > 0.02 else 1.0
    small = cv2.resize(image_bgr, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), max(strength * width * scale, 0.5))
    return cast("ImageArray", cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR))


def fitted(image_bgr: ImageArray, size: tuple[int, int]) -> ImageArray:
    """Return the middle of the picture at ``size`` (width, height), nothing stretched."""
    height, width = image_bgr.shape[:2]
    scale = max(size[0] / width, size[1] / height)
    wide, tall = round(size[0] / scale), round(size[1] / scale)
    x, y = (width - wide) // 2, (height - tall) // 2
    return cast("ImageArray", cv2.resize(image_bgr[y : y + tall, x : x + wide], size, interpolation=cv2.INTER_AREA))


def slide(number: int) -> ImageArray:
    """Return a shared page (360, 640, 3): a heading, lines of words, a chart."""
    image, random = np.full((HEIGHT_PX, WIDTH_PX, 3), 248, np.uint8), np.random.default_rng([8, number])
    cv2.putText(image, f"Chapter {number + 1}", (40, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (90, 40, 20), 2, cv2.LINE_AA)
    for row in range(6):
        cv2.line(image, (40, 110 + 36 * row), (int(random.integers(180, 330)), 110 + 36 * row), (70, 70, 70), 5)
    for column in range(6):
        top = int(random.integers(120, 300))
        cv2.rectangle(image, (380 + 38 * column, top), (406 + 38 * column, 330), _colour(random, 40, 200), -1)
    return image


def _room(image: ImageArray, random: np.random.Generator) -> None:
    """A wall with a window, a picture and a door frame."""
    x, y = (int(value) for value in random.integers((20, 20), (380, 90)))
    cv2.rectangle(image, (x, y), (x + 180, y + 190), (235, 240, 240), -1)
    cv2.rectangle(image, (x, y), (x + 180, y + 190), (120, 130, 140), 8)
    cv2.line(image, (x + 90, y), (x + 90, y + 190), (120, 130, 140), 6)
    other = (x + 300) % 560
    cv2.rectangle(image, (other, 60), (other + 70, 130), _colour(random, 20, 255), -1)
    cv2.rectangle(image, (other, 60), (other + 70, 130), (30, 40, 60), 4)
    cv2.rectangle(image, (0, 320), (WIDTH_PX, HEIGHT_PX), _colour(random, 30, 140), -1)


def _shelf(image: ImageArray, random: np.random.Generator) -> None:
    """Boards full of books."""
    for top in range(0, HEIGHT_PX, 90):
        x = 0
        while x < WIDTH_PX:
            width, height = (int(value) for value in random.integers((10, 50), (30, 80)))
            cv2.rectangle(image, (x, top + 82 - height), (x + width, top + 82), _colour(random, 20, 230), -1)
            x += width + 2
        cv2.rectangle(image, (0, top + 82), (WIDTH_PX, top + 90), (40, 60, 90), -1)


def _beach(image: ImageArray, random: np.random.Generator) -> None:
    """Sky, sea, sand and a sun."""
    image[:200] = _shaded((230, 180, 120), (250, 230, 200))[:200]
    image[200:270] = (170, 120, int(random.integers(20, 80)))
    image[270:] = (150, 200, 230)
    cv2.circle(image, (int(random.integers(60, 580)), 70), 34, (200, 245, 255), -1, cv2.LINE_AA)


def _dots(image: ImageArray, random: np.random.Generator) -> None:
    """Round shapes of many colours: what a bad detector takes for faces."""
    for _ in range(26):
        x, y, radius = (int(value) for value in random.integers((0, 0, 12), (WIDTH_PX, HEIGHT_PX, 60)))
        cv2.circle(image, (x, y), radius, _colour(random, 30, 255), -1, cv2.LINE_AA)


def _plain(image: ImageArray, random: np.random.Generator) -> None:
    """A wall with the camera's grain."""
    image[:] = np.clip(image + random.normal(0, 5, image.shape), 0, 255).astype(np.uint8)


PAINTERS: tuple[Painter, ...] = (_room, _shelf, _beach, _dots, _plain)


def _shaded(above: tuple[int, ...], below: tuple[int, ...]) -> ImageArray:
    share = np.linspace(0, 1, HEIGHT_PX)[:, None, None]
    rows = (1 - share) * np.array(above) + share * np.array(below)
    return np.repeat(rows, WIDTH_PX, axis=1).astype(np.uint8)


def _colour(random: np.random.Generator, low: int, high: int) -> tuple[int, int, int]:
    blue, green, red = (int(value) for value in random.integers(low, high, 3))
    return blue, green, red
