"""What the teacher sees in every image of every set, computed once and kept in a cache folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np

from inference.vision.training.datasets import SOURCES, Source
from inference.vision.training.teachers import Landmarker, Reading
from inference.vision.types import FloatArray, Hook, ImageArray, silent_hook

LANDMARKER, DETECTOR = "face_landmarker.task", "yunet_s_640_640.onnx"
PADDINGS = {"fer": (0.0, 0.12), "wacv": (0.0, 0.12), "ckplus": (0.0, 0.12), "lfw": (-0.12, 0.0), "yawn": (-0.12, 0.0)}
SCENE_PX, CROP_PX = 640, 64
TURNS = (None, cv2.ROTATE_180)


def read_source(name: str, *, data: Path, cache: Path, hook: Hook = silent_hook) -> tuple[Source, Reading]:
    """Return set ``name`` and the teacher's reading of it; the reading comes from ``cache`` when it is there."""
    source = SOURCES[name](data)
    if name == "yawn":
        source = face_crops(source, data=data, cache=cache, hook=hook)
    path = cache / f"reading-{name}.npz"
    if not path.is_file():
        teacher = Landmarker(teacher_file(data, LANDMARKER))
        reading = teacher.read(source.images, PADDINGS[name], hook)
        cache.mkdir(parents=True, exist_ok=True)
        np.savez(path, presence=reading.presence, points=reading.points, shapes=reading.shapes)
    kept = np.load(path)
    if len(kept["presence"]) != len(source.images):
        raise ValueError(f"{path} belongs to other images: delete it and start again.")
    return source, Reading(kept["presence"], kept["points"], kept["shapes"])


def face_crops(source: Source, *, data: Path, cache: Path, hook: Hook = silent_hook) -> Source:
    """Replace scenes by the square around their surest face, 1.5 times its box, turned upright; drop the faceless."""
    path = cache / f"crops-{source.name}.npz"
    if not path.is_file():
        detector = cv2.FaceDetectorYN.create(str(teacher_file(data, DETECTOR)), "", (SCENE_PX, SCENE_PX), 0.6)
        found: dict[int, ImageArray] = {}
        for row, image in enumerate(source.images):
            crop = _best_crop(detector, image)
            found |= {row: crop} if crop is not None else {}
            hook(f"finding faces of {source.name}", row + 1, len(source.images))
        cache.mkdir(parents=True, exist_ok=True)
        np.savez(path, rows=np.array(list(found)), crops=np.stack(list(found.values())))
    kept = np.load(path)
    rows = kept["rows"]
    facts = {key: values[rows] for key, values in source.facts.items()}
    return Source(source.name, kept["crops"], source.people[rows], source.splits[rows], facts)


def teacher_file(data: Path, name: str) -> Path:
    """Return the teacher's file, which stands in ``weights`` beside the data folder.

    Raises:
        FileNotFoundError: it is not there; the text says what it is for.
    """
    path = data.parent / "weights" / name
    if not path.is_file():
        raise FileNotFoundError(f"Weak labels need {path}; only training does, see docs/models/weak-labels.md.")
    return path


def _best_crop(detector: cv2.FaceDetectorYN, image: ImageArray) -> ImageArray | None:
    """Return the square crop of the surest face of a gray scene (h, w) among its turns, or None."""
    found = [(*_surest(detector, turned), turned) for turned in _turned(image)]
    score, box, scene = max(found, key=lambda item: item[0])
    return _square(scene, box) if score > 0 else None


def _turned(image: ImageArray) -> list[ImageArray]:
    large = cv2.resize(image, (SCENE_PX, SCENE_PX), interpolation=cv2.INTER_CUBIC)
    return [np.asarray(large if turn is None else cv2.rotate(large, turn), np.uint8) for turn in TURNS]


def _surest(detector: cv2.FaceDetectorYN, scene: ImageArray) -> tuple[float, FloatArray]:
    found: Any = detector.detect(cv2.cvtColor(scene, cv2.COLOR_GRAY2BGR))[1]
    if found is None:
        return 0.0, np.zeros(4, np.float32)
    face = max(found, key=lambda row: float(row[-1]))
    upright = face[5] < face[11]
    return float(face[-1]) if upright else 0.0, np.asarray(face[:4], np.float32)


def _square(scene: ImageArray, box_xywh: FloatArray) -> ImageArray:
    x, y, width, height = (float(value) for value in box_xywh)
    side = 1.5 * max(width, height)
    shift = np.array([[1, 0, side / 2 - x - width / 2], [0, 1, side / 2 - y - height / 2]], np.float32)
    crop = cv2.warpAffine(scene, shift, (round(side), round(side)), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(crop, (CROP_PX, CROP_PX), interpolation=cv2.INTER_AREA), np.uint8)
