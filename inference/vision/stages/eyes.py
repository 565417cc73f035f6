"""Open or closed eyes between the full samples: each eye cut where the samples around it say, one small network.

The full samples find faces and meshes; here only the eyes are looked at, often enough to see blinks. From one full
sample to the next, an eye's corners move on a straight line, and are then shifted to where the upper face is found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inference.vision.families import load_network
from inference.vision.families.eye_state.decode import to_input, to_probabilities
from inference.vision.runtime import Device, in_batches, load_shipped
from inference.vision.stages.eye_motion import followed
from inference.vision.stages.landmarks import EYE_IMAGE_LEFT, EYE_IMAGE_RIGHT, FaceMesh
from inference.vision.stages.sampling import cut_all
from inference.vision.types import EyeSample, FloatArray, Frame, ImageArray

Indices = npt.NDArray[np.int64]

FAMILY = "eye_state"
BATCHES = {"cuda": 512, "cpu": 64}
# As the network was trained: the side of the crop over the distance of the eye's corners.
SIDE_PER_WIDTH = 1.6
# An eye so much narrower than the other one is turned away.
LEAST_WIDTH_RATIO = 0.45
# What counts as a change of an eye's crop (share of its contrast, which is at least so many gray levels).
CHANGE, LEAST_CONTRAST = 0.06, 2.0
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
        The result depends on nothing but these.
        """
        tracks = sorted(before.keys() & after.keys())
        if not tracks or not frames:
            return []
        grays = [np.asarray(cv2.cvtColor(frame.image_bgr, cv2.COLOR_BGR2GRAY), np.uint8) for frame in frames]
        places = followed(grays, [between(before, after, tracks, frame.timestamp_s) for frame in frames])
        size = self.card.input_size[0]
        crops = [eye_crops(gray, place, size_px=size) for gray, place in zip(grays, places, strict=True)]
        closed = self.closed_of(np.stack(crops)).reshape(len(frames), len(tracks), 2)
        closed[~np.stack([_is_seen(place) for place in places])] = np.nan
        return [
            EyeSample(track, frame.timestamp_s, float(closed[row, column, 0]), float(closed[row, column, 1]))
            for row, frame in enumerate(frames)
            for column, track in enumerate(tracks)
        ]

    def closed_of(self, crops: ImageArray) -> FloatArray:
        """Return (frames, eyes) how surely the eyes of crops (frames, eyes, h, w) are closed.

        An eye that looks as it did when the network last read it is not read again: most eyes only sit there.
        """
        source = last_changes(crops)
        frame, eye = np.nonzero(source == np.arange(len(crops))[:, None])
        (logits,) = in_batches(self._network, to_input(crops[frame, eye], self.card), size=self._batch)
        read = np.zeros(crops.shape[:2], np.float32)
        read[frame, eye] = to_probabilities(logits, temperature=self.card.temperature)[:, self._closed]
        return np.take_along_axis(read, source, axis=0)


def last_changes(crops: ImageArray) -> Indices:
    """Return (frames, eyes) the last frame up to each in which the eye of crops (frames, eyes, h, w) changed.

    Changed against that frame: by more than ``CHANGE`` of the crop's contrast, once a change of light is taken out.
    """
    frames, eyes, height, width = crops.shape
    coarse = crops.reshape(frames, eyes, height // 2, 2, width // 2, 2).mean(axis=(3, 5), dtype=np.float32)
    coarse -= coarse.mean(axis=(2, 3), keepdims=True)
    contrast = coarse[0].std(axis=(1, 2)) + LEAST_CONTRAST
    source = np.zeros((frames, eyes), np.int64)
    for frame in range(1, frames):
        seen = coarse[source[frame - 1], np.arange(eyes)]
        has_changed = np.abs(coarse[frame] - seen).mean(axis=(1, 2)) > CHANGE * contrast
        source[frame] = np.where(has_changed, frame, source[frame - 1])
    return source


def eye_crops(image: ImageArray, corners: FloatArray, *, size_px: int) -> ImageArray:
    """Return gray squares (2 n, size, size) around the eyes with ``corners`` (n, 2, 2, 2) px, corners level.

    The frame is (h, w, 3) BGR or gray.
    """
    pairs = corners.reshape(-1, 2, 2)
    across = (pairs[:, 1] - pairs[:, 0]) * np.float32(SIDE_PER_WIDTH / size_px)
    return cut_all(image, pairs.mean(axis=1), across, size=(size_px, size_px))


def between(
    before: Mapping[int, EyePlace], after: Mapping[int, EyePlace], tracks: Sequence[int], timestamp_s: float
) -> FloatArray:
    """Return the corners (tracks, 2, 2, 2) at a time between two full samples."""
    return np.stack([_at(before[track], after[track], timestamp_s) for track in tracks])


def _at(before: EyePlace, after: EyePlace, timestamp_s: float) -> FloatArray:
    span_s = after.timestamp_s - before.timestamp_s
    share = (timestamp_s - before.timestamp_s) / span_s if span_s > 0 else 0.0
    return np.asarray(before.corners + np.float32(share) * (after.corners - before.corners), np.float32)


def _is_seen(corners: FloatArray) -> npt.NDArray[np.bool_]:
    """Return (n, 2) whether each eye of ``corners`` (n, 2, 2, 2) is turned to the camera."""
    widths = np.hypot(*np.moveaxis(corners[:, :, 1] - corners[:, :, 0], -1, 0))
    return np.asarray(widths >= LEAST_WIDTH_RATIO * widths.max(axis=1, keepdims=True), np.bool_)
