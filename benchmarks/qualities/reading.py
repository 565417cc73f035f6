"""What the product's own stages say of faces: their pattern, pose, sharpness, and why they are rejected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.poses.surface import Reals
from benchmarks.qualities.degraded import Seen
from inference.vision.stages.detect import FaceDetector
from inference.vision.stages.estimate import load_estimator
from inference.vision.stages.headpose import NO_POSE, head_poses
from inference.vision.stages.landmarks import FaceMesh, FaceMesher
from inference.vision.stages.measure import MIN_PRESENCE
from inference.vision.stages.quality import appraise, sharpness_of
from inference.vision.types import ImageArray
from inference.vision.weights import asset_path


@dataclass(frozen=True, slots=True)
class Reading:
    """One row a face: ``probabilities`` (n, 6) also of those that the gate rejects, ``rejections`` (n,) its answers."""

    probabilities: Reals
    rejections: npt.NDArray[np.str_]
    sharpness: Reals
    presence: Reals

    @property
    def pattern(self) -> npt.NDArray[np.int64]:
        """The likeliest pattern (n,)."""
        return np.asarray(self.probabilities.argmax(axis=1), np.int64)


class Reader:
    """The stages of the pipeline after detection, loaded once."""

    def __init__(self) -> None:
        self.detect = FaceDetector(asset_path("weights/centerface.onnx"))
        self.mesher = FaceMesher(asset_path("weights/face_landmark.tflite"))
        self._estimator = load_estimator("cpu")
        self.labels = self._estimator.card.labels

    def seen(self, image: ImageArray) -> Seen | None:
        """Return the picture with its surest face, None where there is none."""
        faces = self.detect(image)
        return Seen(image, faces[0]) if faces else None

    def mesh(self, image: ImageArray) -> FaceMesh | None:
        """Return the mesh of the surest face of a picture, None where there is no face."""
        seen = self.seen(image)
        return None if seen is None else self.meshes([seen])[0]

    def meshes(self, faces: Sequence[Seen]) -> list[FaceMesh]:
        """Return the mesh of each face."""
        return self.mesher([(seen.image, seen.face.bbox_xyxy, seen.face.landmarks) for seen in faces])

    def __call__(self, faces: Sequence[Seen]) -> Reading:
        """Return what is read on each face."""
        meshes = self.meshes(faces)
        poses = head_poses(np.array([mesh.points for mesh in meshes]))
        rows = list(zip(faces, meshes, poses, strict=True))
        crops, rejections = [], []
        for seen, mesh, pose in rows:
            is_present = mesh.presence >= MIN_PRESENCE
            landmarks = mesh.five_points if is_present else seen.face.landmarks
            crops.append(self._estimator.aligned(seen.image, landmarks))
            rejections.append(appraise(seen.image, seen.face, mesh, pose if is_present else NO_POSE).rejection)
        return Reading(
            probabilities=self._estimator(crops).astype(np.float64),
            rejections=np.array(rejections),
            sharpness=np.array([sharpness_of(seen.image, seen.face.bbox_xyxy) for seen in faces]),
            presence=np.array([mesh.presence for mesh in meshes]),
        )
