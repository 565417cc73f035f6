"""Faces cut out of scenes as the pipeline does it: its detector, its alignment; and a vector that tells who it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from inference.vision.stages.align import align
from inference.vision.stages.detect import FaceDetector
from inference.vision.training.face_teacher import SIZE_PX, TEMPLATE, FaceTeacher
from inference.vision.types import Detection, FloatArray, Hook, ImageArray, silent_hook

SCENE_PX = 192  # sides to which scenes are enlarged, so that faces of 20 px are found
TURNS = (None, cv2.ROTATE_180)  # some pictures stand on their head


@dataclass(frozen=True, slots=True)
class Crops:
    """The surest face of each scene that has one: ``rows`` (n,) of the scenes, ``images`` (n, h, w), ``who`` (n, d)."""

    rows: np.ndarray[tuple[int], np.dtype[np.intp]]
    images: ImageArray
    who: FloatArray


def crops_of(
    scenes: Sequence[ImageArray],
    *,
    detector: FaceDetector,
    teacher: FaceTeacher,
    template: FloatArray,
    size_px: int,
    hook: Hook = silent_hook,
) -> Crops:
    """Return gray crops of side ``size_px`` in which the face's points lie on ``template`` (5, 2), and who it is."""
    rows, images, portraits = [], [], []
    for row, scene in enumerate(scenes):
        found = surest_face(detector, scene)
        if found is not None:
            image, face = found
            rows.append(row)
            images.append(align(image, face.landmarks, template=template, size=(size_px, size_px)))
            portraits.append(_portrait(image, face))
        hook("finding faces", row + 1, len(scenes))
    return Crops(np.array(rows, np.intp), np.stack(images), teacher.embed(np.stack(portraits), hook))


def surest_face(
    detector: Callable[[ImageArray], list[Detection]], scene: ImageArray
) -> tuple[ImageArray, Detection] | None:
    """Return the enlarged ``scene`` with its best upright face; it is turned over only when it has none as it is."""
    for turn in TURNS:
        upright = scene if turn is None else np.asarray(cv2.rotate(scene, turn), np.uint8)
        large = np.asarray(cv2.resize(upright, (SCENE_PX, SCENE_PX), interpolation=cv2.INTER_CUBIC), np.uint8)
        image = np.asarray(cv2.cvtColor(large, cv2.COLOR_GRAY2BGR), np.uint8)
        faces = [face for face in detector(image) if _is_upright(face)]
        if faces:
            return image, max(faces, key=lambda face: face.score)
    return None


def _is_upright(face: Detection) -> bool:
    return bool(face.landmarks[:2, 1].mean() < face.landmarks[3:, 1].mean())


def _portrait(image: ImageArray, face: Detection) -> ImageArray:
    gray = align(image, face.landmarks, template=np.array(TEMPLATE, np.float32), size=(SIZE_PX, SIZE_PX))
    return np.repeat(gray[:, :, None], 3, axis=2)
