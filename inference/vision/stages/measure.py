"""All that is measured on the tracked faces of frames: mesh, pose, eyes, mouth, quality, expression."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inference.vision.stages.estimate import ExpressionEstimator
from inference.vision.stages.headpose import NO_POSE, head_pose
from inference.vision.stages.landmarks import FaceMesh, FaceMesher, eye_openness, mouth_openness
from inference.vision.stages.quality import MIN_EXPRESSION_QUALITY, face_quality
from inference.vision.types import FloatArray, Frame, Observation, TrackedFace

MIN_PRESENCE = 0.5


@dataclass(frozen=True, slots=True)
class _Sighting:
    """One face in one frame with what was found on it."""

    frame: Frame
    face: TrackedFace
    mesh: FaceMesh
    quality: float

    @property
    def five_points(self) -> FloatArray:
        """The mesh's points, or the detector's where no mesh was found."""
        return self.mesh.five_points if self.mesh.presence >= MIN_PRESENCE else self.face.detection.landmarks


class FaceMeasurer:
    """Turns tracked faces into observations; without an estimator the probabilities are None."""

    def __init__(self, mesher: FaceMesher, estimator: ExpressionEstimator | None) -> None:
        self._mesher = mesher
        self._estimator = estimator

    def __call__(self, tracked: Sequence[tuple[Frame, Sequence[TrackedFace]]]) -> list[Observation]:
        """Return one observation per face of some frames, in order; their faces share the networks' batches."""
        pairs = [(frame, face) for frame, faces in tracked for face in faces]
        meshes = self._mesher([(frame.image_bgr, face.detection.bbox_xyxy) for frame, face in pairs])
        sightings = [
            _Sighting(frame, face, mesh, face_quality(frame.image_bgr, face.detection.bbox_xyxy, mesh.presence))
            for (frame, face), mesh in zip(pairs, meshes, strict=True)
        ]
        expressions = self._expressions(sightings)
        return [_observation(*sighted) for sighted in zip(sightings, expressions, strict=True)]

    def _expressions(self, sightings: Sequence[_Sighting]) -> list[FloatArray | None]:
        found: list[FloatArray | None] = [None] * len(sightings)
        if self._estimator is None:
            return found
        usable = [i for i, sighting in enumerate(sightings) if sighting.quality >= MIN_EXPRESSION_QUALITY]
        crops = [self._estimator.aligned(sightings[i].frame.image_bgr, sightings[i].five_points) for i in usable]
        for position, probabilities in zip(usable, self._estimator(crops), strict=True):
            found[position] = probabilities
        return found


def _observation(sighting: _Sighting, probabilities: FloatArray | None) -> Observation:
    points = sighting.mesh.points
    is_present = sighting.mesh.presence >= MIN_PRESENCE
    pose = head_pose(points) if is_present else NO_POSE
    return Observation(
        track_number=sighting.face.track_number,
        timestamp_s=sighting.frame.timestamp_s,
        bbox_xyxy=sighting.face.detection.bbox_xyxy.astype(np.float32),
        score=sighting.face.detection.score,
        probabilities=probabilities,
        yaw_deg=pose.yaw_deg,
        pitch_deg=pose.pitch_deg,
        roll_deg=pose.roll_deg,
        eye_openness=eye_openness(points) if is_present else math.nan,
        mouth_openness=mouth_openness(points) if is_present else math.nan,
        quality=sighting.quality,
    )
