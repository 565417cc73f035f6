"""Open or closed eyes between the full samples: each eye cut where the samples around it say, one small network.

The full samples find faces and meshes; here only the eyes are looked at, often enough to see blinks. An eye's corners
move on a straight line from one full sample to the next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from inference.vision.families import load_network
from inference.vision.families.eye_state.decode import to_input, to_probabilities
from inference.vision.runtime import Device, in_batches, load_shipped
from inference.vision.stages.landmarks import EYE_IMAGE_LEFT, EYE_IMAGE_RIGHT, FaceMesh
from inference.vision.types import EyeSample, FloatArray, Frame, ImageArray

FAMILY = "eye_state"
BATCHES = {"cuda": 512, "cpu": 64}
# As the network was trained: the side of the crop over the distance of the eye's corners.
SIDE_PER_WIDTH = 1.6
# An eye so much narrower than the other one is turned away.
LEAST_WIDTH_RATIO = 0.45
CORNERS = ((EYE_IMAGE_LEFT[0], EYE_IMAGE_LEFT[3]), (EYE_IMAGE_RIGHT[0], EYE_IMAGE_RIGHT[3]))


@dataclass(frozen=True, slots=True)
class EyePlace:
    """Where the eyes of one face are at ``timestamp_s``: ``corners`` (2, 2, 2) px, by eye and corner, left to right."""

    timestamp_s: float
    corners: FloatArray


def eye_corners(points: FloatArray) -> FloatArray:
    """Return the corners (2, 2, 2) of both eyes of a mesh (468, 2 or 3)."""
    return points[np.array(CORNERS), :2].astype(np.float32)


def eye_place(mesh: FaceMesh, timestamp_s: float) -> EyePlace:
    """Return where the eyes of a mesh are."""
    return EyePlace(timestamp_s, eye_corners(mesh.points))


class EyeReader:
    """The eye network, and the places to look at."""

    def __init__(self, device: Device) -> None:
        module, self.card = load_network(FAMILY)
        shape = (1, *self.card.input_size)
        self._network = load_shipped(module, self.card, input_shape=shape, device=device)
        self._batch = BATCHES[device]
        self._closed = self.card.labels.index("closed")

    def read(
        self, frames: Sequence[Frame], before: Mapping[int, EyePlace], after: Mapping[int, EyePlace]
    ) -> list[EyeSample]:
        """Return one sample per frame and track that is in both full samples, by time and track.

        ``before`` and ``after`` say where the eyes of each track are in the full samples that enclose ``frames``.
        The result of a frame depends on nothing but these.
        """
        tracks = sorted(before.keys() & after.keys())
        if not tracks or not frames:
            return []
        places = [_between(before, after, tracks, frame.timestamp_s) for frame in frames]
        size = self.card.input_size[0]
        crops = [eye_crops(frame.image_bgr, place, size_px=size) for frame, place in zip(frames, places, strict=True)]
        closed = self._closed_of(np.concatenate(crops)).reshape(len(frames), len(tracks), 2)
        closed[~np.stack([_is_seen(place) for place in places])] = np.nan
        return [
            EyeSample(track, frame.timestamp_s, float(closed[row, column, 0]), float(closed[row, column, 1]))
            for row, frame in enumerate(frames)
            for column, track in enumerate(tracks)
        ]

    def _closed_of(self, crops: ImageArray) -> FloatArray:
        """Return (n,) how surely the eyes of crops (n, h, w) are closed."""
        (logits,) = in_batches(self._network, to_input(crops, self.card), size=self._batch)
        return to_probabilities(logits, temperature=self.card.temperature)[:, self._closed]


def eye_crops(image_bgr: ImageArray, corners: FloatArray, *, size_px: int) -> ImageArray:
    """Return gray squares (2 n, size, size) around the eyes with ``corners`` (n, 2, 2, 2) px, corners level.

    All eyes of one scale are cut by one call: a call for each would cost more than the pixels do.
    """
    pairs = corners.reshape(-1, 2, 2)
    step_px = np.hypot(*(pairs[:, 1] - pairs[:, 0]).T) * SIDE_PER_WIDTH / size_px
    levels = np.clip(np.floor(np.log2(np.maximum(step_px, 1))), 0, 5).astype(np.int64)
    crops = np.zeros((len(pairs), size_px, size_px), np.uint8)
    gray = cv2.cvtColor(image_bgr, cv2.COLOR_BGR2GRAY)
    for level in np.unique(levels):
        # A large eye is made smaller by averaging first, since bilinear sampling alone would alias.
        small = cv2.resize(gray, None, fx=0.5**level, fy=0.5**level, interpolation=cv2.INTER_AREA) if level else gray
        rows = np.flatnonzero(levels == level)
        crops[rows] = _cut(cast("ImageArray", small), (pairs[rows] + 0.5) / 2**level - 0.5, size_px)
    return crops


def _cut(gray: ImageArray, pairs: FloatArray, size_px: int) -> ImageArray:
    """Return (n, size, size) of ``gray`` around eyes with corners ``pairs`` (n, 2, 2)."""
    across = (pairs[:, 1] - pairs[:, 0]) * (SIDE_PER_WIDTH / size_px)
    middle = pairs.mean(axis=1)
    axis = np.arange(size_px, dtype=np.float32) - np.float32((size_px - 1) / 2)
    right, down = axis[None, None, :], axis[None, :, None]
    x = middle[:, 0, None, None] + right * across[:, 0, None, None] - down * across[:, 1, None, None]
    y = middle[:, 1, None, None] + right * across[:, 1, None, None] + down * across[:, 0, None, None]
    tall = (len(pairs) * size_px, size_px)
    x, y = (each.astype(np.float32).reshape(tall) for each in (x, y))
    crops = cv2.remap(gray, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(crops.reshape(len(pairs), size_px, size_px), np.uint8)


def _between(
    before: Mapping[int, EyePlace], after: Mapping[int, EyePlace], tracks: Sequence[int], timestamp_s: float
) -> FloatArray:
    """Return the corners (tracks, 2, 2, 2) at a time between two full samples."""
    return np.stack([_at(before[track], after[track], timestamp_s) for track in tracks])


def _at(before: EyePlace, after: EyePlace, timestamp_s: float) -> FloatArray:
    span_s = after.timestamp_s - before.timestamp_s
    share = (timestamp_s - before.timestamp_s) / span_s if span_s > 0 else 0.0
    return np.asarray(before.corners + np.float32(share) * (after.corners - before.corners), np.float32)


def _is_seen(corners: FloatArray) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Return (n, 2) whether each eye of ``corners`` (n, 2, 2, 2) is turned to the camera."""
    widths = np.hypot(*np.moveaxis(corners[:, :, 1] - corners[:, :, 0], -1, 0))
    return np.asarray(widths >= LEAST_WIDTH_RATIO * widths.max(axis=1, keepdims=True), np.bool_)
