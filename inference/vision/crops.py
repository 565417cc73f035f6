"""Face crops of a recording, for people to label and a network to learn from: aligned, gray, with a margin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from inference.vision.media import probe
from inference.vision.stages.align import align
from inference.vision.stages.detect import FaceDetector
from inference.vision.stages.landmarks import FaceMesher
from inference.vision.stages.measure import MIN_PRESENCE
from inference.vision.stages.quality import MIN_EXPRESSION_QUALITY, face_quality
from inference.vision.stages.track import Tracker
from inference.vision.types import FloatArray, ImageArray, TrackedFace
from inference.vision.video import FrameReader, Sampling
from inference.vision.weights import WeightCard, asset_path

MARGIN_SHARE = 1 / 6  # of the network's input, on each side: room for the shifts and turns of training


@dataclass(frozen=True, slots=True)
class Crop:
    """An aligned gray face (side, side), and whose it is within the recording."""

    image: ImageArray
    track_number: int


def crops_of(path: Path, card: WeightCard, *, every_s: float) -> Iterator[Crop]:
    """Yield each face that can be read, every ``every_s`` seconds, framed for the network of ``card``.

    Raises:
        MediaError: the recording cannot be used.
    """
    probe(path)
    detect, tracker = FaceDetector(asset_path("weights/centerface.onnx")), Tracker()
    mesher = FaceMesher(asset_path("weights/face_landmark.tflite"))
    for frame in FrameReader(path, Sampling(1 / every_s, part_s=3600.0)):
        faces = tracker.update(frame.image_bgr, frame.timestamp_s, detect(frame.image_bgr))
        yield from _crops(frame.image_bgr, faces, mesher, _framing(card))


def _crops(
    image: ImageArray, faces: list[TrackedFace], mesher: FaceMesher, framing: tuple[FloatArray, tuple[int, int]]
) -> Iterator[Crop]:
    template, size = framing
    found = [face.detection for face in faces]
    meshes = mesher([(image, face.bbox_xyxy, face.landmarks) for face in found])
    for face, mesh in zip(faces, meshes, strict=True):
        is_read = face_quality(image, face.detection.bbox_xyxy, mesh.presence) >= MIN_EXPRESSION_QUALITY
        if is_read and mesh.presence >= MIN_PRESENCE:
            yield Crop(align(image, mesh.five_points, template=template, size=size), face.track_number)


def _framing(card: WeightCard) -> tuple[FloatArray, tuple[int, int]]:
    """Return the card's template (5, 2) and size (height, width), both with the margin."""
    height, width = card.input_size
    margin = round(width * MARGIN_SHARE)
    return np.array(card.template, np.float32) + margin, (height + 2 * margin, width + 2 * margin)
