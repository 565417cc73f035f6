"""How far a face can be trusted, and why one that is seen is not read: size, sharpness, turn, and what covers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import cv2
import numpy as np

from inference.vision.stages.landmarks import FaceMesh
from inference.vision.types import Detection, FloatArray, HeadPose, ImageArray

Rejection: TypeAlias = Literal["", "small", "blurred", "turned", "covered"]

MIN_EXPRESSION_QUALITY = 0.1
# Below 16 px nothing can be read; from 48 px on, the classifier's own input size, size no longer limits.
USELESS_SIDE_PX, FULL_SIDE_PX = 16.0, 48.0
SHARPNESS_SIDE_PX = 48
# Standard deviation of the Laplacian (gray 0..255) of a 48 px face: out of focus, and clear.
BLURRED, SHARP = 2.0, 10.0
# What the gate asks for.
LEAST_SIDE_PX, LEAST_SHARPNESS = 20.0, 3.0
MOST_YAW_DEG, MOST_PITCH_DEG = 45.0, 35.0
LEAST_PRESENCE = 0.5


@dataclass(frozen=True, slots=True)
class Appraisal:
    """``quality`` 0..1 and ``rejection``: why the face is seen but not scored, empty where it is."""

    quality: float
    rejection: Rejection


def appraise(image_bgr: ImageArray, face: Detection, mesh: FaceMesh, pose: HeadPose) -> Appraisal:
    """Return the quality and the gate's answer for one face; ``pose`` is ``NO_POSE`` where no mesh was found."""
    sharpness = sharpness_of(image_bgr, face.bbox_xyxy)
    clear = (sharpness - BLURRED) / (SHARP - BLURRED)
    quality = min(size_quality(face.bbox_xyxy), float(np.clip(clear, 0, 1))) * mesh.presence
    return Appraisal(quality, gate(face, mesh, pose, sharpness=sharpness))


def gate(face: Detection, mesh: FaceMesh, pose: HeadPose, *, sharpness: float) -> Rejection:
    """Return why a face must not be scored, the first of small, blurred, turned, covered that applies; else ""."""
    if side_px(face.bbox_xyxy) < LEAST_SIDE_PX:
        return "small"
    if sharpness < LEAST_SHARPNESS:
        return "blurred"
    if _is_turned(pose):
        return "turned"
    return "covered" if mesh.presence < LEAST_PRESENCE else ""


def _is_turned(pose: HeadPose) -> bool:
    return abs(pose.yaw_deg) > MOST_YAW_DEG or abs(pose.pitch_deg) > MOST_PITCH_DEG


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
    """Return 0..1 by the contrast of fine detail inside ``box`` (4,), at a size that is the same for all faces."""
    return float(np.clip((sharpness_of(image_bgr, box) - BLURRED) / (SHARP - BLURRED), 0, 1))


def sharpness_of(image_bgr: ImageArray, box: FloatArray) -> float:
    """Return the standard deviation of the Laplacian (gray 0..255) inside ``box`` (4,) at 48 px; 0 off the frame."""
    left, top, right, bottom = (int(max(edge, 0)) for edge in box)
    face = image_bgr[top:bottom, left:right]
    if not face.size:
        return 0.0
    small = cv2.resize(face, (SHARPNESS_SIDE_PX, SHARPNESS_SIDE_PX), interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), cv2.CV_32F).std())
