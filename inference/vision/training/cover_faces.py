"""The faces that teach which are covered: windows of photos, bare and with random things before them."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from inference.vision.stages.detect import FaceDetector
from inference.vision.stages.landmarks import FaceMesher
from inference.vision.stages.window import INPUT_PX, cut, window_of
from inference.vision.training.covering import covered
from inference.vision.types import FloatArray, ImageArray
from inference.vision.weights import asset_path

# The network sees the middle of the window: 48 of its 60 px.
PHOTOS, DRAWN_PX = 3500, 60
SURE_PRESENCE = 0.9
GRAY_PX, BORDER_PX = 160, 40


@dataclass(frozen=True, slots=True)
class Faces:
    """Gray windows (n, 60, 60) around bare faces, their points (n, 468, 2) in them, and whose they are (n,)."""

    images: ImageArray
    points: FloatArray
    people: npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Shown:
    """Pictures (m, 60, 60), whether each is covered, and the row of its photo in ``Faces``."""

    images: ImageArray
    is_covered: npt.NDArray[np.bool_]
    rows: npt.NDArray[np.int64]

    def of(self, chosen: npt.NDArray[np.bool_]) -> Shown:
        """Return the ``chosen`` (m,) pictures."""
        return Shown(self.images[chosen], self.is_covered[chosen], self.rows[chosen])


def group_of(person: str) -> int:
    """Return 0 to 9: 0 chooses the threshold, 1 is for the benchmark alone, the others are trained on."""
    return zlib.crc32(person.encode()) % 10


def faces_of(data: Path, *, seed: int) -> Faces:
    """Return the windows of all photos on which the mesh surely finds a face."""
    detect, mesher = (
        FaceDetector(asset_path("weights/centerface.onnx")),
        FaceMesher(asset_path("weights/face_landmark.tflite"), finds_covers=False),
    )
    images, points, people = [], [], []
    for person, photo in _photos(data, seed):
        found = detect(photo)
        if not found:
            continue
        box, landmarks = found[0].bbox_xyxy, found[0].landmarks
        mesh, window = mesher([(photo, box, landmarks)])[0], window_of(box, landmarks)
        if mesh.presence < SURE_PRESENCE:
            continue
        images.append(gray_window(photo, window, DRAWN_PX))
        inside = (mesh.points[:, :2] - window[:, 2]) @ np.linalg.inv(window[:, :2]).T
        points.append(inside * (DRAWN_PX / INPUT_PX))
        people.append(person)
    return Faces(np.stack(images), np.asarray(points, np.float32), np.array(people))


def gray_window(photo: ImageArray, window: FloatArray, side_px: int) -> ImageArray:
    """Return what the landmark network sees, gray and of ``side_px``."""
    crop = np.empty((INPUT_PX, INPUT_PX, 3), np.uint8)
    cut(photo, window, crop)
    return np.asarray(
        cv2.resize(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), (side_px, side_px), interpolation=cv2.INTER_AREA)
    )


def shown(faces: Faces, random: np.random.Generator) -> Shown:
    """Return each face bare, with something beside its features, and twice with something before them."""
    images, is_covered, rows = [], [], []
    for row, (face, points) in enumerate(zip(faces.images, faces.points, strict=True)):
        other = faces.images[random.integers(len(faces.images))]
        drawn = [covered(face, points, other, random, is_bare=is_bare) for is_bare in (True, False, False)]
        for image, label in zip([face, *drawn], (False, False, True, True), strict=True):
            if image is not None:
                images.append(image)
                is_covered.append(label)
                rows.append(row)
    return Shown(np.stack(images), np.array(is_covered), np.array(rows))


def _photos(data: Path, seed: int) -> Iterator[tuple[str, ImageArray]]:
    with zipfile.ZipFile(data / "lfw160.zip") as archive:
        names = sorted(name for name in archive.namelist() if name.endswith("_0001.jpg"))
        for index in np.random.default_rng(seed).permutation(len(names))[:PHOTOS]:
            photo = cv2.imdecode(np.frombuffer(archive.read(names[index]), np.uint8), cv2.IMREAD_COLOR)
            yield names[index].partition("/")[0], np.asarray(photo, np.uint8)
    ckplus = np.load(data / "ckplus48.npz")
    for image, person in zip(ckplus["images"], ckplus["subject"], strict=True):
        large = cv2.resize(image, (GRAY_PX, GRAY_PX), interpolation=cv2.INTER_CUBIC)
        framed = cv2.copyMakeBorder(large, *(BORDER_PX,) * 4, cv2.BORDER_REPLICATE)
        yield f"ckplus/{person}", np.asarray(cv2.cvtColor(framed, cv2.COLOR_GRAY2BGR), np.uint8)
