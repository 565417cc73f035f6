"""People to learn from: photos of LFW and of the engagement set, none of whom the benchmark shows, read by a teacher.

The teacher is CenterFace on the enlarged photo: there it is sure, and it gives five points besides the box.
"""

from __future__ import annotations

import tomllib
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from benchmarks.galleries.cutout import MARGIN_PX, Cutout, cut_out
from benchmarks.galleries.photos import ARCHIVE, Photo, face_box
from inference.vision.stages.detect import FaceDetector, overlaps
from inference.vision.training.datasets import load_wacv
from inference.vision.training.protocols import TRAIN
from inference.vision.types import Detection, FloatArray, ImageArray
from inference.vision.weights import asset_path

TEACHER_MIN_SCORE, SURE, LEAST_OVERLAP = 0.15, 0.5, 0.5
ENLARGED, BORDER_PX = 1.6, 32
ASIDE = 0.22  # the nose is off the middle of the eyes by more than this share of their distance
VALIDATION_EVERY = 12
DISENGAGED, OTHERS, OTHERS_EVERY = 1, (2, 3), 8
Teacher = Callable[[ImageArray], list[Detection]]


@dataclass(frozen=True, slots=True)
class Pupil:
    """One face in a picture (h, w, 3): its box (4,), its five points (5, 2), and, of LFW, the person cut out."""

    image_bgr: ImageArray
    box: FloatArray
    points: FloatArray
    cutout: Cutout | None = None

    @property
    def is_aside(self) -> bool:
        """Say whether the head is turned to a side."""
        left, right, nose = self.points[0], self.points[1], self.points[2]
        return bool(abs(nose[0] - (left[0] + right[0]) / 2) > ASIDE * np.linalg.norm(right - left))


def teacher() -> Teacher:
    """Return the detector that reads single photos."""
    return FaceDetector(asset_path("weights/centerface.onnx"), min_score=TEACHER_MIN_SCORE)


def lfw_pupils(data: Path, count: int, *, is_validation: bool, seed: int = 1) -> Iterator[Pupil]:
    """Yield ``count`` people of LFW, one photo each, in whose photo the teacher finds one face, where it must be."""
    find, wanted = teacher(), 0
    for name, image in _photos(data, seed, is_validation=is_validation):
        if (face := _only_face(find, image)) is not None:
            cutout = cut_out(Photo(name, image, is_aside=False))
            yield Pupil(image, face.bbox_xyxy, face.landmarks, _with_box(cutout, face.bbox_xyxy))
            wanted += 1
        if wanted == count:
            return


def engagement_pupils(data: Path) -> Iterator[Pupil]:
    """Yield the faces of the engagement set's training people: heads bowed, aside, on hands, behind hands.

    Every picture of the disengaged, who bow and turn most, and one in ``OTHERS_EVERY`` of the rest: they look alike.
    """
    for level, step in ((DISENGAGED, 1), *((other, OTHERS_EVERY) for other in OTHERS)):
        yield from [pupil for split, pupil in engagement_faces(data, level, step) if split == TRAIN]


def engagement_faces(data: Path, level: int, step: int = 1) -> Iterator[tuple[str, Pupil]]:
    """Yield every ``step``-th face of ``level`` in the engagement set, with the split that its person belongs to."""
    find, source = teacher(), load_wacv(data)
    for row in np.flatnonzero(source.facts["level"] == level)[::step]:
        image = np.asarray(cv2.cvtColor(source.images[row], cv2.COLOR_GRAY2BGR), np.uint8)
        if faces := _read(find, image):
            yield str(source.splits[row]), Pupil(image, faces[0].bbox_xyxy, faces[0].landmarks)


def _photos(data: Path, seed: int, *, is_validation: bool) -> Iterator[tuple[str, ImageArray]]:
    chosen = tomllib.loads(Path(__file__).with_name("people.toml").read_text(encoding="utf-8"))
    shown = {*chosen["ahead"], *chosen["aside"]}
    with zipfile.ZipFile(data / ARCHIVE) as archive:
        files = sorted(name for name in archive.namelist() if name.endswith(".jpg"))
        people = sorted({name.partition("/")[0] for name in files} - shown)
        is_held = np.arange(len(people)) % VALIDATION_EVERY == 0
        random = np.random.default_rng(seed)
        for person in random.permutation(np.array(people)[is_held == is_validation]).tolist():
            own = [name for name in files if name.startswith(f"{person}/")]
            content = archive.read(own[int(random.integers(len(own)))])
            yield person, np.asarray(cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def _only_face(find: Teacher, image: ImageArray) -> Detection | None:
    """Return the photo's face, or None where the teacher is not sure, sees it elsewhere, or sees a second one."""
    faces = _read(find, image)
    if len(faces) != 1 or faces[0].score < SURE:
        return None
    return faces[0] if overlaps(faces[0].bbox_xyxy[None], face_box()[None])[0, 0] >= LEAST_OVERLAP else None


def _read(find: Teacher, image: ImageArray) -> list[Detection]:
    """Return what the teacher sees in the enlarged picture, in the picture's own pixels."""
    large = cv2.resize(image, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_CUBIC)
    framed = np.asarray(cv2.copyMakeBorder(large, *(BORDER_PX,) * 4, cv2.BORDER_REPLICATE), np.uint8)
    shift, scale = np.float32(BORDER_PX), np.float32(ENLARGED)
    return [Detection((f.bbox_xyxy - shift) / scale, (f.landmarks - shift) / scale, f.score) for f in find(framed)]


def _with_box(cutout: Cutout, box: FloatArray) -> Cutout:
    """Return the cutout with the teacher's ``box`` of the photo as its face."""
    shift = np.array([MARGIN_PX, 0, MARGIN_PX, 0], np.float32)
    return Cutout(cutout.person, cutout.image_bgr, cutout.alpha, box + shift, cutout.is_aside)
