"""What the product's own stages, and the other networks, say about the pose of the face in each of some pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.poses.others import RECIPES, PoseNetwork
from benchmarks.poses.surface import Reals
from inference.vision.stages.detect import FaceDetector
from inference.vision.stages.headpose import head_poses
from inference.vision.stages.landmarks import FaceMesh, FaceMesher
from inference.vision.stages.measure import MIN_PRESENCE
from inference.vision.types import Detection, ImageArray
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
        face = self._face(image)
        return None if face is None else self._mesher([(image, face.bbox_xyxy, face.landmarks)])[0]

    def views(self, pictures: Iterable[ImageArray]) -> Views:
        """Return what is seen in ``pictures``, the surest face of each."""
        images = list(pictures)
        found = [self._face(image) for image in images]
        rows = [row for row, face in enumerate(found) if face is not None]
        seen = [(image, face) for image, face in zip(images, found, strict=True) if face is not None]
        meshes = self._mesher([(image, face.bbox_xyxy, face.landmarks) for image, face in seen])
        ours = _ours(meshes)
        faces = [(image, face.bbox_xyxy) for image, face in seen]
        others = {name: _spread(network.read(faces), rows, len(images)) for name, network in self._others.items()}
        face_px = np.array([(box[2:] - box[:2]).max() for _, box in faces])
        return Views(
            pose_deg=_spread(ours[:, :3], rows, len(images)),
            residual_px=_spread(ours[:, 3], rows, len(images)),
            face_px=_spread(face_px, rows, len(images)),
            **others,
        )

    def _face(self, image: ImageArray) -> Detection | None:
        faces = self._detect(image)
        return faces[0] if faces else None


def _ours(meshes: Sequence[FaceMesh]) -> Reals:
    """Return the poses and their residuals (n, 4) where the pipeline would give one."""
    poses = head_poses(np.array([mesh.points for mesh in meshes]))
    is_present = np.array([mesh.presence >= MIN_PRESENCE for mesh in meshes])
    found = np.array([[pose.yaw_deg, pose.pitch_deg, pose.roll_deg, pose.residual_px] for pose in poses])
    return np.where(is_present[:, None], found, np.nan)


def _spread(values: Reals, rows: Sequence[int], count: int) -> Reals:
    """Return ``values`` in their ``rows`` of ``count``, NaN in the others."""
    full = np.full((count, *values.shape[1:]), np.nan)
    full[rows] = values
    return full
