"""All that is measured on the tracked faces of frames: mesh, pose, eyes, mouth, quality, expression."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from inference.vision.stages.estimate import ExpressionEstimator
from inference.vision.stages.eyes import eye_corners
from inference.vision.stages.headpose import NO_POSE, head_poses, pose_confidence
from inference.vision.stages.iris import iris_offset
from inference.vision.stages.landmarks import FaceMesh, FaceMesher, eye_openness_each, mouth_openness
from inference.vision.stages.quality import Appraisal, appraise
from inference.vision.types import FloatArray, Frame, HeadPose, Observation, TrackedFace

MIN_PRESENCE = 0.5


@dataclass(frozen=True, slots=True)
class Sighting:
    """One face in one frame with what was found on it."""

    frame: Frame
    face: TrackedFace
    mesh: FaceMesh
    pose: HeadPose
    appraisal: Appraisal

    @property
    def is_present(self) -> bool:
        """Say whether the mesh lies on a face."""
        return self.mesh.presence >= MIN_PRESENCE

    @property
    def rejection(self) -> str:
        """Why the expression is not read; empty where it is."""
        return "photo" if self.face.is_photo else self.appraisal.rejection

    @property
    def five_points(self) -> FloatArray:
        """The mesh's points, or the detector's where no mesh was found."""
        return self.mesh.five_points if self.is_present else self.face.detection.landmarks


class FaceMeasurer:
    """Turns tracked faces into observations; without an estimator the probabilities are None.

    ``extras`` are the estimators of the estimates beside the learning emotions, by name.
    """

    def __init__(
        self,
        mesher: FaceMesher,
        estimator: ExpressionEstimator | None,
        extras: Mapping[str, ExpressionEstimator] | None = None,
    ) -> None:
        self._mesher = mesher
        self._estimator = estimator
        self._extras = extras or {}

    def __call__(self, tracked: Sequence[tuple[Frame, Sequence[TrackedFace]]]) -> list[Observation]:
        """Return one observation per face of some frames, in order; their faces share the networks' batches."""
        return self.observe(self.look(tracked))

    def look(self, tracked: Sequence[tuple[Frame, Sequence[TrackedFace]]]) -> list[Sighting]:
        """Return what geometry tells of each face of some frames, in order; the first half of the work."""
        pairs = [(frame, face) for frame, faces in tracked for face in faces]
        found = [(frame.image_bgr, face.detection) for frame, face in pairs]
        meshes = self._mesher([(image_bgr, face.bbox_xyxy, face.landmarks) for image_bgr, face in found])
        return [
            Sighting(frame, face, mesh, pose, appraise(frame.image_bgr, face.detection, mesh, pose))
            for (frame, face), mesh, pose in zip(pairs, meshes, _poses(meshes), strict=True)
        ]

    def observe(self, sightings: Sequence[Sighting]) -> list[Observation]:
        """Return the observation of each sighting, in order; the second half, with the expression networks."""
        expressions = _estimates(self._estimator, sightings)
        extras = {name: _estimates(estimator, sightings) for name, estimator in self._extras.items()}
        return [_observation(sighting, expressions[i], _known(extras, i)) for i, sighting in enumerate(sightings)]


def _poses(meshes: Sequence[FaceMesh]) -> list[HeadPose]:
    """Return the pose of each face, ``NO_POSE`` where the mesh lies on none."""
    found = head_poses(np.array([mesh.points for mesh in meshes])) if meshes else []
    return [pose if mesh.presence >= MIN_PRESENCE else NO_POSE for mesh, pose in zip(meshes, found, strict=True)]


def _estimates(estimator: ExpressionEstimator | None, sightings: Sequence[Sighting]) -> list[FloatArray | None]:
    """Return the probabilities of each face; None where it is not seen well enough, or nothing estimates."""
    found: list[FloatArray | None] = [None] * len(sightings)
    if estimator is None:
        return found
    usable = [i for i, sighting in enumerate(sightings) if not sighting.rejection]
    crops = [estimator.aligned(sightings[i].frame.image_bgr, sightings[i].five_points) for i in usable]
    for position, probabilities in zip(usable, estimator(crops), strict=True):
        found[position] = probabilities
    return found


def _known(extras: Mapping[str, Sequence[FloatArray | None]], position: int) -> dict[str, FloatArray]:
    found = {name: values[position] for name, values in extras.items()}
    return {name: value for name, value in found.items() if value is not None}


def _observation(sighting: Sighting, probabilities: FloatArray | None, extras: Mapping[str, FloatArray]) -> Observation:
    points, pose, box = sighting.mesh.points, sighting.pose, sighting.face.detection.bbox_xyxy
    left, right = eye_openness_each(points) if sighting.is_present else (math.nan, math.nan)
    iris_x, iris_y = iris_offset(sighting.frame.image_bgr, points) if sighting.is_present else (math.nan, math.nan)
    return Observation(
        track_number=sighting.face.track_number,
        timestamp_s=sighting.frame.timestamp_s,
        bbox_xyxy=box.astype(np.float32),
        score=sighting.face.detection.score,
        probabilities=probabilities,
        yaw_deg=pose.yaw_deg,
        pitch_deg=pose.pitch_deg,
        roll_deg=pose.roll_deg,
        eye_openness=(left + right) / 2,
        mouth_openness=mouth_openness(points) if sighting.is_present else math.nan,
        quality=sighting.appraisal.quality,
        extras=extras,
        eye_left_openness=left,
        eye_right_openness=right,
        pose_confidence=pose_confidence(pose.residual_px, float(max(box[2] - box[0], box[3] - box[1]))),
        rejection=sighting.rejection,
        eye_corners=eye_corners(points) if sighting.is_present else None,
        iris_x=iris_x,
        iris_y=iris_y,
    )
