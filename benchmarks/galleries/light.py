"""Light that makes faces hard to find: too little, or from behind."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from inference.vision.types import FloatArray, ImageArray

NOISE, GRAINS = 2.5, 8  # in gray levels; so many different pictures of noise


def dimmed(image_bgr: ImageArray, random: np.random.Generator) -> ImageArray:
    """Return the picture at 10 to 35 % of its light, with the noise that a camera then has."""
    light, noise = random.uniform(0.10, 0.35), random.uniform(2, 8)
    values = 255 * (image_bgr / np.float32(255)) ** 1.2 * light + random.normal(0, noise, image_bgr.shape)
    return np.clip(values, 0, 255).astype(np.uint8)


def against_light(
    backdrop: ImageArray, person: ImageArray, alpha: FloatArray, random: np.random.Generator
) -> tuple[ImageArray, ImageArray]:
    """Return a glaring backdrop and the person before it at 15 to 45 % of the light, with a glow at the rim."""
    glare = np.clip(backdrop * np.float32(0.3) + 185, 0, 255)
    dark = person * np.float32(random.uniform(0.15, 0.45))
    glow = cv2.GaussianBlur(1 - alpha, (0, 0), max(alpha.shape[1] / 60, 0.5))[:, :, None]
    return glare.astype(np.uint8), np.clip(dark + 90 * glow, 0, 255).astype(np.uint8)


def relit(image_bgr: ImageArray, gain: float, number: int) -> ImageArray:
    """Return the picture times ``gain`` with a live camera's noise; another ``number`` gives another noise."""
    grain = _grain(image_bgr.shape[:2], number % GRAINS)
    return cast("ImageArray", cv2.add(cv2.convertScaleAbs(image_bgr, alpha=gain), grain, dtype=cv2.CV_8U))


@lru_cache(maxsize=128)
def _grain(shape: tuple[int, int], number: int) -> npt.NDArray[np.int16]:
    """Return gray noise (h, w, 3)."""
    noise = np.random.default_rng([10, number]).normal(0, NOISE, shape)
    return np.repeat(np.round(noise).astype(np.int16)[:, :, None], 3, axis=2)
