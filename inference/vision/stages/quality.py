"""How far a face can be trusted, and why one that is seen is not read: size, sharpness, turn, and what covers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import cv2
import numpy as np

from inference.vision.features.light import restored
from inference.vision.stages.landmarks import FaceMesh
from inference.vision.types import Detection, FloatArray, HeadPose, ImageArray

Rejection: TypeAlias = Literal["", "small", "blurred", "turned", "covered"]

MIN_EXPRESSION_QUALITY = 0.1
# Below 16 px nothing can be read; from 48 px on, the classifier's own input size, size no longer limits.
USELESS_SIDE_PX, FULL_SIDE_PX = 16.0, 48.0
SHARPNESS_SIDE_PX = 48
# Sharpness of a face in which nothing can be told, and of a clear one.
BLURRED, SHARP = 1.0, 6.0
# Where the expression network keeps half of its agreement with itself on a clear face (docs/models/quality.md).
LEAST_SIDE_PX, LEAST_SHARPNESS = 16.0, 2.0
MOST_YAW_DEG, LOWEST_PITCH_DEG, HIGHEST_PITCH_DEG = 25.0, -25.0, 35.0
LEAST_PRESENCE = 0.5
# Without a mesh the detector's points tell: how far the nose is aside, and how far down from the eyes to the mouth.
MOST_NOSE_ASIDE, MOST_NOSE_DOWN = 0.20, 0.62


@dataclass(frozen=True, slots=True)
class Appraisal:
    """``quality`` 0..1 and ``rejection``: why the face is seen but not scored, empty where it is."""

    quality: float
    rejection: Rejection


def appraise(image_bgr: ImageArray, face: Detection, mesh: FaceMesh, pose: HeadPose) -> Appraisal:
    """Return the quality and the gate's answer for one face; ``pose`` is ``NO_POSE`` where no mesh was found."""
    sharpness = sharpness_of(image_bgr, face.bbox_xyxy)
    quality = min(size_quality(face.bbox_xyxy), _clarity(sharpness)) * mesh.presence
    return Appraisal(quality, gate(face, mesh, pose, sharpness=sharpness))


def gate(face: Detection, mesh: FaceMesh, pose: HeadPose, *, sharpness: float) -> Rejection:
    """Return why a face must not be scored, the first of small, blurred, turned, covered that applies; else ""."""
    if side_px(face.bbox_xyxy) < LEAST_SIDE_PX:
        return "small"
    if sharpness < LEAST_SHARPNESS:
        return "blurred"
    if _is_turned(face, mesh, pose):
        return "turned"
    return "covered" if mesh.is_covered or mesh.presence < LEAST_PRESENCE else ""


def _is_turned(face: Detection, mesh: FaceMesh, pose: HeadPose) -> bool:
    if mesh.presence < LEAST_PRESENCE:
        aside, down = nose_place(face.landmarks)
        return abs(aside) > MOST_NOSE_ASIDE or down > MOST_NOSE_DOWN
    looks_away = abs(pose.yaw_deg) > MOST_YAW_DEG
    return looks_away or pose.pitch_deg < LOWEST_PITCH_DEG or pose.pitch_deg > HIGHEST_PITCH_DEG


def nose_place(landmarks: FloatArray) -> tuple[float, float]:
    """Return where the nose of ``landmarks`` (5, 2) lies against eyes and mouth: aside to the image's right, and down.

    In shares of the way from eyes to mouth, whatever the roll; NaN where that way has no length.
    """
    eyes, nose, mouth = landmarks[:2].mean(axis=0), landmarks[2], landmarks[3:].mean(axis=0)
    across = landmarks[1] - landmarks[0]
    along = np.array([-across[1], across[0]]) / max(float(np.hypot(*across)), 1e-6)
    height = float((mouth - eyes) @ along)
    if height <= 0:
        return float("nan"), float("nan")
    aside = (nose - (eyes + mouth) / 2) @ np.array([along[1], -along[0]])
    return float(aside) / height, float((nose - eyes) @ along) / height


def face_quality(image_bgr: ImageArray, box: FloatArray, presence: float) -> float:
    """Return 0..1: the lowest of size and sharpness, times the mesh's presence."""
    return float(min(size_quality(box), sharpness_quality(image_bgr, box)) * presence)


def side_px(box: FloatArray) -> float:
    """Return the smaller side of ``box`` (4,) in pixels."""
    return float(min(box[2] - box[0], box[3] - box[1]))


def size_quality(box: FloatArray) -> float:
    """Return 0..1 by the smaller side of ``box`` (4,)."""
    return float(np.clip((side_px(box) - USELESS_SIDE_PX) / (FULL_SIDE_PX - USELESS_SIDE_PX), 0, 1))


def sharpness_quality(image_bgr: ImageArray, box: FloatArray) -> float:
    """Return 0..1 by the sharpness of the face inside ``box`` (4,)."""
    return _clarity(sharpness_of(image_bgr, box))


def _clarity(sharpness: float) -> float:
    return float(np.clip((sharpness - BLURRED) / (SHARP - BLURRED), 0, 1))


def sharpness_of(image_bgr: ImageArray, box: FloatArray) -> float:
    """Return how much fine detail (gray 0..255) is inside ``box`` (4,), at a size that is the same for all faces.

    The lesser deviation of the second differences across and down: motion blurs one of them. 0 outside the frame. Of a
    dim face as the expression network gets it, restored: poor light is no blur.
    """
    left, top, right, bottom = (int(max(edge, 0)) for edge in box)
    face = image_bgr[top:bottom, left:right]
    if not face.size:
        return 0.0
    small = cv2.resize(face, (SHARPNESS_SIDE_PX, SHARPNESS_SIDE_PX), interpolation=cv2.INTER_AREA)
    gray = restored(np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)).astype(np.float32)
    across, down = gray[:, :-2] - 2 * gray[:, 1:-1] + gray[:, 2:], gray[:-2] - 2 * gray[1:-1] + gray[2:]
    return float(min(across.std(), down.std()))
