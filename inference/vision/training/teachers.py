"""The teacher of the weak labels: MediaPipe's face landmarker, for training only, never shipped or needed later.

``face_landmarker.task`` is an archive of two networks: 478 points from a face crop, and 52 blendshapes from 146 of
those points (subset and names as in MediaPipe's ``face_blendshapes_graph.cc``).
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from inference.vision.types import FloatArray, Hook, ImageArray, silent_hook

CROP_PX, POINTS, BATCH = 256, 478, 16
BLENDSHAPE_POINTS = [
    *(0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65, 66, 67, 70, 78, 80),
    *(81, 82, 84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136, 144, 145, 146, 148, 149, 150, 152, 153),
    *(154, 155, 157, 158, 159, 160, 161, 162, 163, 168, 172, 173, 176, 178, 181, 185, 191, 195, 197, 234, 246, 249),
    *(251, 263, 267, 269, 270, 276, 282, 283, 284, 285, 288, 291, 293, 295, 296, 297, 300, 308, 310, 311, 312, 314),
    *(317, 318, 321, 323, 324, 332, 334, 336, 338, 356, 361, 362, 365, 373, 374, 375, 377, 378, 379, 380, 381, 382),
    *(384, 385, 386, 387, 388, 389, 390, 397, 398, 400, 402, 405, 409, 415, 454, 466),
    *range(468, 478),
]
BLENDSHAPES = {
    "brow_down": (1, 2),
    "brow_inner_up": (3,),
    "brow_outer_up": (4, 5),
    "eye_blink": (9, 10),
    "eye_look_down": (11, 12),
    "eye_look_up": (17, 18),
    "eye_look_left": (15, 14),
    "eye_look_right": (13, 16),
    "eye_squint": (19, 20),
    "eye_wide": (21, 22),
    "jaw_open": (25,),
    "mouth_frown": (30, 31),
    "mouth_press": (36, 37),
    "mouth_smile": (44, 45),
}
RIGHT_EYE_CORNERS, LEFT_EYE_CORNERS = (33, 133), (362, 263)
NOSE_TIP, MOUTH_CORNERS = 1, (61, 291)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the teacher saw in n images: presence logit (n,), points (n, 478, 3) in image pixels, shapes (n, 52)."""

    presence: FloatArray
    points: FloatArray
    shapes: FloatArray


class Landmarker:
    """Both networks of ``face_landmarker.task`` on the CPU engine."""

    def __init__(self, task_file: Path) -> None:
        import openvino

        core, options = openvino.Core(), {"ENABLE_CPU_PINNING": "NO", "PERFORMANCE_HINT": "LATENCY"}
        with zipfile.ZipFile(task_file) as archive, tempfile.TemporaryDirectory() as folder:
            models = [core.read_model(archive.extract(f"{name}.tflite", folder)) for name in NETWORK_NAMES]
        models[0].reshape([BATCH, CROP_PX, CROP_PX, 3])
        self._points, self._shapes = (core.compile_model(model, "CPU", options) for model in models)

    def read(self, images: Sequence[ImageArray], paddings: Sequence[float], hook: Hook = silent_hook) -> Reading:
        """Look at gray ``images`` once for each padding (share of the side, negative crops); keep the surest look."""
        looks = [self._look(images, padding, hook) for padding in paddings]
        best = np.argmax([presence for presence, _ in looks], axis=0)
        rows = np.arange(len(images))
        presence = np.stack([presence for presence, _ in looks])[best, rows]
        points = np.stack([points for _, points in looks])[best, rows]
        return Reading(presence, points, np.stack([self._blendshapes(face) for face in points]))

    def _look(self, images: Sequence[ImageArray], padding: float, hook: Hook) -> tuple[FloatArray, FloatArray]:
        presence, points = [], []
        for start in range(0, len(images), BATCH):
            chosen = images[start : start + BATCH]
            crops = [_framed(image, padding) for image in chosen]
            output = self._points([np.stack(crops + crops[-1:] * (BATCH - len(crops)))])
            presence.append(output[1].reshape(BATCH)[: len(chosen)])
            points.append(_to_image(output[0].reshape(BATCH, POINTS, 3)[: len(chosen)], chosen, padding))
            hook(f"finding landmarks, margin {padding:+.0%}", start + len(chosen), len(images))
        return np.concatenate(presence), np.concatenate(points)

    def _blendshapes(self, points: FloatArray) -> FloatArray:
        shapes: Any = self._shapes([points[None, BLENDSHAPE_POINTS, :2]])[0]
        return np.asarray(shapes, np.float32).reshape(52).copy()


NETWORK_NAMES = ("face_landmarks_detector", "face_blendshapes")


def five_points(points: FloatArray) -> FloatArray:
    """Return (n, 5, 2): the eye on the image's left, the other, nose tip, mouth corners, from points (n, 478, 3)."""
    eyes = [points[:, corners, :2].mean(axis=1) for corners in (RIGHT_EYE_CORNERS, LEFT_EYE_CORNERS)]
    rest = [points[:, index, :2] for index in (NOSE_TIP, *MOUTH_CORNERS)]
    return np.stack([*eyes, *rest], axis=1)


def head_pose(points: FloatArray) -> FloatArray:
    """Return yaw, pitch and roll in degrees (n, 3), signs as in ``types``, from the mesh's own depth.

    Yaw and roll follow the line between the outer eye corners, pitch the line from their middle to the nose's base.
    Pitch has an offset of the face's shape: subtract the median of frontal faces.
    """
    across = points[:, 263] - points[:, 33]
    down = points[:, 2] - (points[:, 33] + points[:, 263]) / 2
    yaw = np.arctan2(across[:, 2], across[:, 0])
    roll = np.arctan2(across[:, 1], across[:, 0])
    pitch = -np.arctan2(down[:, 2], np.hypot(down[:, 0], down[:, 1]))
    return np.asarray(np.degrees(np.stack([yaw, pitch, roll], axis=1)), np.float32)


def _framed(image: ImageArray, padding: float) -> FloatArray:
    border = round(abs(padding) * image.shape[0])
    if padding < 0:
        image = image[border:-border, border:-border]
    elif border:
        image = np.asarray(cv2.copyMakeBorder(image, *(border,) * 4, cv2.BORDER_REPLICATE), np.uint8)
    crop = cv2.resize(image, (CROP_PX, CROP_PX), interpolation=cv2.INTER_CUBIC).astype(np.float32) / 255
    return np.repeat(crop[:, :, None], 3, axis=2)


def _to_image(points: FloatArray, images: Sequence[ImageArray], padding: float) -> FloatArray:
    side = np.array([image.shape[0] for image in images], np.float32)
    border = np.sign(padding) * np.round(abs(padding) * side)
    scaled = points * ((side + 2 * border) / CROP_PX)[:, None, None]
    scaled[:, :, :2] -= border[:, None, None]
    return np.asarray(scaled, np.float32)
