"""All that is measured on the tracked faces of frames: mesh, pose, eyes, mouth, quality, expression."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from inference.vision.stages.estimate import ExpressionEstimator
from inference.vision.stages.headpose import NO_POSE, head_pose
from inference.vision.stages.landmarks import FaceMesh, FaceMesher, eye_openness, mouth_openness
from inference.vision.stages.quality import MIN_EXPRESSION_QUALITY, face_quality
from inference.vision.types import FloatArray, Frame, Observation, TrackedFace

MIN_PRESENCE = 0.5


class FaceMeasurer:
    """Turns tracked faces into observations; without an estimator the probabilities are None."""

    def __init__(self, mesher: FaceMesher, estimator: ExpressionEstimator | None) -> None:
        self._mesher = mesher
        self._estimator = estimator

    def __call__(self, frame: Frame, faces: Sequence[TrackedFace]) -> list[Observation]:
        """Return one observation per face of one frame, in order."""
        meshes = self._mesher(frame.image_bgr, [face.detection.bbox_xyxy for face in faces])
        qualities = [
            face_quality(frame.image_bgr, face.detection.bbox_xyxy, mesh.presence)
            for face, mesh in zip(faces, meshes, strict=True)
        ]
        expressions = self._expressions(frame, faces, meshes, qualities)
        return [_observation(frame, *measured) for measured in zip(faces, meshes, qualities, expressions, strict=True)]

    def _expressions(
        self, frame: Frame, faces: Sequence[TrackedFace], meshes: Sequence[FaceMesh], qualities: Sequence[float]
    ) -> list[FloatArray | None]:
        found: list[FloatArray | None] = [None] * len(faces)
        if self._estimator is None:
            return found
        usable = [i for i, quality in enumerate(qualities) if quality >= MIN_EXPRESSION_QUALITY]
        crops = [self._estimator.aligned(frame.image_bgr, _five_points(faces[i], meshes[i])) for i in usable]
        for position, probabilities in zip(usable, self._estimator(crops), strict=True):
            found[position] = probabilities
        return found


def _five_points(face: TrackedFace, mesh: FaceMesh) -> FloatArray:
    return mesh.five_points if mesh.presence >= MIN_PRESENCE else face.detection.landmarks


def _observation(
    frame: Frame, face: TrackedFace, mesh: FaceMesh, quality: float, probabilities: FloatArray | None
) -> Observation:
    is_present = mesh.presence >= MIN_PRESENCE
    pose = head_pose(mesh.points) if is_present else NO_POSE
    return Observation(
        track_number=face.track_number,
        timestamp_s=frame.timestamp_s,
        bbox_xyxy=face.detection.bbox_xyxy.astype(np.float32),
        score=face.detection.score,
        probabilities=probabilities,
        yaw_deg=pose.yaw_deg,
        pitch_deg=pose.pitch_deg,
        roll_deg=pose.roll_deg,
        eye_openness=eye_openness(mesh.points) if is_present else math.nan,
        mouth_openness=mouth_openness(mesh.points) if is_present else math.nan,
        quality=quality,
    )
