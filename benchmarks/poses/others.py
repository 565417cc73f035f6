"""Other people's head pose networks, to compare with: FSA-Net (Yang et al. 2019) and Intel's ADAS network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from benchmarks.poses.surface import Indices, Reals
from inference.vision.runtime import load_file
from inference.vision.types import FloatArray, ImageArray


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a network wants: the file, the side of its input, the face's margin (share of the box), mean and scale."""

    file: str
    side_px: int
    margin: float
    mean: float
    scale: float


# FSA-Net's margin is the best of 0 to 0.6 on the people that choices are made on; the other's is its document's.
RECIPES = {
    "fsanet": Recipe("fsanet-1x1-iter-688590.onnx", 64, 0.45, 127.5, 128.0),
    "adas": Recipe("head-pose-estimation-adas-0001.xml", 60, 0.0, 0.0, 1.0),
}


class PoseNetwork:
    """Gives three angles of a face, in the network's own order and signs."""

    def __init__(self, recipe: Recipe, folder: Path) -> None:
        self._recipe = recipe
        shape = (1, 3, recipe.side_px, recipe.side_px)
        self._network = load_file(folder / recipe.file, input_shape=shape, precision="f32")

    def __call__(self, image_bgr: ImageArray, box: FloatArray) -> Reals:
        """Return three angles (3,) in degrees of the face in ``box`` (4,)."""
        recipe = self._recipe
        crop = squared(image_bgr, box, margin=recipe.margin, side_px=recipe.side_px).astype(np.float32)
        outputs = self._network(((crop - recipe.mean) / recipe.scale).transpose(2, 0, 1)[None].copy())
        return np.concatenate([output.reshape(-1) for output in outputs]).astype(np.float64)

    def read(self, faces: Sequence[tuple[ImageArray, FloatArray]]) -> Reals:
        """Return the outputs (n, 3) for n faces, each a picture and a box."""
        return np.array([self(image, box) for image, box in faces]).reshape(-1, 3)


@dataclass(frozen=True, slots=True)
class Convention:
    """Which of a network's outputs is yaw, pitch and roll (3,), and the sign (3,) that makes it ours."""

    order: Indices
    signs: Reals

    def aligned(self, raw: Reals) -> Reals:
        """Return yaw, pitch and roll (n, 3) with the signs of ``types`` from outputs (n, 3)."""
        return np.asarray(raw[:, self.order] * self.signs, np.float64)


def convention_of(raw: Reals, pose_deg: Reals, *, plain: Reals, mirrored: Reals) -> Convention:
    """Return the convention of outputs ``raw`` (n, 3) on faces of known ``pose_deg`` (n, 3).

    ``plain`` and ``mirrored`` (m, 3) are outputs on pictures and on the same pictures mirrored: they have to agree.

    Raises:
        ValueError: two angles share an output, or a mirror does not turn yaw and roll around and leave pitch.
    """
    ties = np.array([[np.corrcoef(raw[:, k], angle)[0, 1] for k in range(3)] for angle in pose_deg.T])
    order = np.abs(ties).argmax(axis=1).astype(np.int32)
    found = Convention(order, np.sign(ties[range(3), order]))
    mirror = [np.corrcoef(plain[:, k], mirrored[:, k])[0, 1] for k in order]
    if sorted(order) != [0, 1, 2] or [value > 0 for value in mirror] != [False, True, False]:
        raise ValueError(f"No convention fits: outputs {order.tolist()}, correlation with the mirror {mirror}.")
    return found


def squared(image_bgr: ImageArray, box: FloatArray, *, margin: float, side_px: int) -> ImageArray:
    """Return the square (side, side, 3) about ``box`` (4,), grown by ``margin`` of its longer side."""
    side = float(max(box[2] - box[0], box[3] - box[1])) * (1 + margin)
    left, top = (box[:2] + box[2:] - side) / 2
    scale = side / side_px
    matrix = np.array([[scale, 0, left + scale / 2 - 0.5], [0, scale, top + scale / 2 - 0.5]])
    flags = cv2.INTER_AREA | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpAffine(image_bgr, matrix, (side_px, side_px), flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )
