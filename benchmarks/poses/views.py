"""What the product's own stages, and the other networks, say about the pose of the face in each of some pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.poses.others import RECIPES, PoseNetwork
from benchmarks.poses.surface import Reals
from inference.vision.stages.detect import FaceDetector
from inference.vision.stages.headpose import NO_POSE, head_pose
from inference.vision.stages.landmarks import FaceMesh, FaceMesher
from inference.vision.stages.measure import MIN_PRESENCE
from inference.vision.types import FloatArray, ImageArray
from inference.vision.weights import asset_path


@dataclass(frozen=True, slots=True)
class Views:
    """One row a picture, NaN where nothing was found.

    ``pose_deg`` (n, 3) is ours, ``residual_px`` (n,) its PnP error, ``face_px`` (n,) the longer side of the face's box,
    ``fsanet`` and ``adas`` (n, 3) are outputs in their own order and signs.
    """

    pose_deg: Reals
    residual_px: Reals
    face_px: Reals
    fsanet: Reals
    adas: Reals


class Watcher:
    """The stages of the pipeline up to the pose, and the other networks, loaded once."""

    def __init__(self, weights: Path) -> None:
        self._detect = FaceDetector(asset_path("weights/centerface.onnx"))
        self._mesher = FaceMesher(asset_path("weights/face_landmark.tflite"))
        self._others = {name: PoseNetwork(recipe, weights) for name, recipe in RECIPES.items()}

    def mesh(self, image: ImageArray) -> FaceMesh | None:
        """Return the mesh of the surest face of a picture, None where there is no face."""
        box = self._box(image)
        return None if box is None else self._mesher([(image, box)])[0]

    def views(self, pictures: Iterable[ImageArray]) -> Views:
        """Return what is seen in ``pictures``, the surest face of each."""
        images = list(pictures)
        boxes = [self._box(image) for image in images]
        rows = [row for row, box in enumerate(boxes) if box is not None]
        faces = [(image, box) for image, box in zip(images, boxes, strict=True) if box is not None]
        ours = np.array([_ours(mesh) for mesh in self._mesher(faces)]).reshape(-1, 4)
        others = {name: _spread(network.read(faces), rows, len(images)) for name, network in self._others.items()}
        face_px = np.array([(box[2:] - box[:2]).max() for _, box in faces])
        return Views(
            pose_deg=_spread(ours[:, :3], rows, len(images)),
            residual_px=_spread(ours[:, 3], rows, len(images)),
            face_px=_spread(face_px, rows, len(images)),
            **others,
        )

    def _box(self, image: ImageArray) -> FloatArray | None:
        faces = self._detect(image)
        return faces[0].bbox_xyxy if faces else None


def _ours(mesh: FaceMesh) -> tuple[float, float, float, float]:
    """Return the pose and its residual where the pipeline would give one."""
    pose = head_pose(mesh.points) if mesh.presence >= MIN_PRESENCE else NO_POSE
    return pose.yaw_deg, pose.pitch_deg, pose.roll_deg, pose.residual_px


def _spread(values: Reals, rows: Sequence[int], count: int) -> Reals:
    """Return ``values`` in their ``rows`` of ``count``, NaN in the others."""
    full = np.full((count, *values.shape[1:]), np.nan)
    full[rows] = values
    return full
