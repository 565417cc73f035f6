"""The values that pass between the stages of the pipeline, with their units and sign conventions.

Head pose is given in the camera frame, in degrees: yaw is positive when the face turns to the image's right,
pitch is positive when the face looks up, roll is positive when the head tilts clockwise as seen in the image.
All zero means a face that looks straight into the camera. Boxes are pixel corners ``(x1, y1, x2, y2)`` in the
upright frame (after the container's rotation was applied). Timestamps are presentation times in seconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from inference.vision.sights import FirstSight, TakenEmbedding

FloatArray: TypeAlias = npt.NDArray[np.float32]
ImageArray: TypeAlias = npt.NDArray[np.uint8]

EXTRAS = ("valence", "basic")
"""The estimates that may run beside the six learning emotions, by name."""

REJECTIONS = ("", "small", "blurred", "turned", "covered", "photo")
"""Why the expression of a face is not read, by its place in stored columns; the first means that it is."""

Hook: TypeAlias = Callable[[str, float, float], None]
"""``hook(stage, completed, total)``: progress of one named stage, in seconds of the recording. May raise to stop."""


def silent_hook(stage: str, completed: float, total: float) -> None:
    """Ignore progress: the default hook."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded, upright picture. ``image_bgr`` has shape (h, w, 3)."""

    index: int
    timestamp_s: float
    image_bgr: ImageArray


@dataclass(frozen=True, slots=True)
class Detection:
    """One face in one frame. ``bbox_xyxy`` (4,); ``landmarks`` (5, 2): eyes, nose, mouth corners; score 0..1."""

    bbox_xyxy: FloatArray
    landmarks: FloatArray
    score: float


@dataclass(frozen=True, slots=True)
class TrackedFace:
    """A detection that belongs to a track; ``is_photo``: the tile has shown nothing but a still picture for long."""

    track_number: int
    detection: Detection
    is_photo: bool = False


@dataclass(frozen=True, slots=True)
class HeadPose:
    """Rotation of the head in degrees; signs as in the module's docstring. ``residual_px`` is the PnP error."""

    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    residual_px: float


@dataclass(frozen=True, slots=True)
class Observation:
    """All that was measured on one face in one sampled frame.

    ``probabilities`` (6,) in the order of the weight card's labels, or None where policy or quality forbids the
    expression network. ``eye_openness`` is the mean EAR of both eyes, ``mouth_openness`` the inner-lip MAR; NaN
    where landmarks failed. ``quality`` 0..1. ``extras`` holds the probabilities (k,) of each of ``EXTRAS`` that was
    chosen, in the order of its own card's labels; empty where ``probabilities`` is None.

    ``eye_left_openness`` and ``eye_right_openness`` are the EAR of the eye at the image's left and right;
    ``pose_confidence`` 0..1 says how surely the pose is right; ``rejection`` is one of ``REJECTIONS``. ``eye_corners``
    (2, 2, 2) px, by eye and corner, left to right, say where the eyes are; None without a mesh, and never stored.

    ``iris_x`` and ``iris_y`` say how far the irises stand to the image's right of the eyes' middle and above it, in eye
    widths, along and across the line of the eyes' corners.
    """

    track_number: int
    timestamp_s: float
    bbox_xyxy: FloatArray
    score: float
    probabilities: FloatArray | None
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    eye_openness: float
    mouth_openness: float
    quality: float
    extras: Mapping[str, FloatArray] = field(default_factory=dict)
    eye_left_openness: float = math.nan
    eye_right_openness: float = math.nan
    pose_confidence: float = math.nan
    rejection: str = ""
    eye_corners: FloatArray | None = None
    iris_x: float = math.nan
    iris_y: float = math.nan

    @property
    def rejection_code(self) -> int:
        """The place of ``rejection`` in ``REJECTIONS``."""
        return REJECTIONS.index(self.rejection)


@dataclass(frozen=True, slots=True)
class EyeSample:
    """How surely the eyes of one track are closed, 0..1, at one time of the faster sampling; NaN: not measured.

    Left and right are the image's.
    """

    track_number: int
    timestamp_s: float
    left_closed: float
    right_closed: float


@dataclass(frozen=True, slots=True)
class Part:
    """The result of one contiguous stretch [start_s, end_s) of the recording.

    ``tracker_state`` is JSON-serialisable: with it and ``end_s`` the next part gives the same result whether the
    process was restarted in between or not. ``frame_times_s`` (n,) are the sampled frames of the part.
    ``eye_samples`` are those of the faster sampling, by track and time; empty where there is none. ``first_sights``
    are the beginnings of the tracks that began in this part, ``taken`` the embeddings taken in it: personal data, and
    empty unless the pipeline was told to identify.
    """

    index: int
    start_s: float
    end_s: float
    frame_times_s: FloatArray
    observations: tuple[Observation, ...]
    tracker_state: dict[str, object]
    eye_samples: tuple[EyeSample, ...] = ()
    first_sights: tuple[FirstSight, ...] = ()
    taken: tuple[TakenEmbedding, ...] = ()
