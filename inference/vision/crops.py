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
from inference.vision.types import FloatArray, Frame, Hook, ImageArray, silent_hook
from inference.vision.video import FrameReader, Sampling
from inference.vision.weights import WeightCard, asset_path

MARGIN_SHARE = 1 / 6  # of the network's input, on each side: room for the shifts and turns of training


@dataclass(frozen=True, slots=True)
class Crop:
    """An aligned gray face (side, side), whose it is within the recording, and when."""

    image: ImageArray
    track_number: int
    timestamp_s: float


def crops_of(path: Path, card: WeightCard, *, every_s: float, hook: Hook = silent_hook) -> Iterator[Crop]:
    """Yield each face that can be read, every ``every_s`` seconds, framed for the network of ``card``.

    Raises:
        MediaError: the recording cannot be used.
    """
    duration_s = probe(path).duration_s
    detect, tracker = FaceDetector(asset_path("weights/centerface.onnx")), Tracker()
    mesher = FaceMesher(asset_path("weights/face_landmark.tflite"))
    for frame in FrameReader(path, Sampling(1 / every_s, part_s=3600.0)):
        yield from _crops(frame, detect, tracker, mesher, card)
        hook("crops", frame.timestamp_s, duration_s)


def _crops(
    frame: Frame, detect: FaceDetector, tracker: Tracker, mesher: FaceMesher, card: WeightCard
) -> Iterator[Crop]:
    image = frame.image_bgr
    faces = tracker.update(image, frame.timestamp_s, detect(image))
    boxes = [face.detection.bbox_xyxy for face in faces]
    for face, mesh in zip(faces, mesher([(image, box) for box in boxes]), strict=True):
        is_read = face_quality(image, face.detection.bbox_xyxy, mesh.presence) >= MIN_EXPRESSION_QUALITY
        if is_read and mesh.presence >= MIN_PRESENCE:
            template, size = _framing(card)
            crop = align(image, mesh.five_points, template=template, size=size)
            yield Crop(crop, face.track_number, frame.timestamp_s)


def _framing(card: WeightCard) -> tuple[FloatArray, tuple[int, int]]:
    """Return the card's template (5, 2) and size (height, width), both with the margin."""
    height, width = card.input_size
    margin = round(width * MARGIN_SHARE)
    return np.array(card.template, np.float32) + margin, (height + 2 * margin, width + 2 * margin)
