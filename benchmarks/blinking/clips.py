"""Real blinks: short clips in which somebody marked every blink by looking at each picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np

from benchmarks.blinking.reading import Eyewitness
from inference.vision.concentration import Values
from inference.vision.fatigue.signals import EyeTrace
from inference.vision.stages.eye_motion import followed
from inference.vision.stages.eyes import EyePlace, between, eye_place
from inference.vision.types import EyeSample, Frame, ImageArray
from inference.vision.weights import asset_path


@dataclass(frozen=True, slots=True)
class MarkedClip:
    """A clip of one person; ``blinks`` are first and last pictures, judged are those from ``first`` to ``last``."""

    file: str
    blinks: tuple[tuple[int, int], ...]
    first: int = 0
    last: int = 10_000


# The first 141 pictures of the longest one look down, and so do those from 424 on: neither open nor a blink.
CLIPS = (
    MarkedClip(
        "clips/WolfgangLanger_Pexels.mp4", ((153, 155), (201, 203), (248, 249), (288, 289), (385, 388)), 142, 420
    ),
    MarkedClip("clips/single_face.mp4", ((25, 29),)),
    MarkedClip("media/signer/book.mkv", ((20, 23),)),
    MarkedClip("media/signer/help.mkv", ()),
    MarkedClip("media/signer/learn.mkv", ()),
    MarkedClip("media/signer/no.mkv", ((18, 20),), 0, 52),
    MarkedClip("media/signer/school.mkv", ((31, 32),)),
    MarkedClip("media/signer/student.mkv", ()),
    MarkedClip("media/signer/thanks.mkv", ()),
    MarkedClip("media/signer/yes.mkv", ((56, 58),)),
)


@dataclass(frozen=True, slots=True)
class ClipTrace:
    """What was read of a clip, and the marked blinks (k, 2) s between ``from_s`` and ``until_s``."""

    trace: EyeTrace
    blinks_s: Values
    from_s: float
    until_s: float


def read_clip(clip: MarkedClip, data: Path, witness: Eyewitness, *, step: int, scale: float = 1.0) -> ClipTrace:
    """Return every ``step``-th picture's eyes; a full sample is taken once a second, and at the end."""
    frames = [
        Frame(index, time_s, _scaled(image, scale))
        for index, (time_s, image) in enumerate(_pictures(_path(clip, data)))
    ]
    half_s = 0.5 * frames[-1].timestamp_s / (len(frames) - 1)
    times_s = np.array([frame.timestamp_s for frame in frames])
    last = min(clip.last, len(frames) - 1)
    ends = [(times_s[a] - half_s, times_s[b] + half_s) for a, b in clip.blinks]
    trace = _trace(_read(frames[::step], witness))
    return ClipTrace(trace, np.array(ends).reshape(-1, 2), times_s[clip.first], times_s[last])


def place_errors(clip: MarkedClip, data: Path, witness: Eyewitness) -> tuple[Values, Values]:
    """Return how many eye widths (m,) each second picture is off its own mesh: on the straight line, and followed."""
    frames = [Frame(index, time_s, image) for index, (time_s, image) in enumerate(_pictures(_path(clip, data)))]
    seen = [(frame, witness.meshes(frame.image_bgr)) for frame in frames]
    found = [(frame, eye_place(meshes[0], frame.timestamp_s)) for frame, meshes in seen if meshes]
    starts = np.flatnonzero(np.diff([int(frame.timestamp_s) for frame, _ in found], prepend=-1))
    errors = [_errors(found[first : last + 1 : 2], found[last][1]) for first, last in pairwise(starts)]
    on_line, followed_there = (np.concatenate([each[row] for each in errors]) for row in range(2))
    return on_line, followed_there


def _errors(found: Sequence[tuple[Frame, EyePlace]], after: EyePlace) -> tuple[Values, Values]:
    frames, truth = [frame for frame, _ in found], np.stack([place.corners for _, place in found])
    line = [between({0: found[0][1]}, {0: after}, [0], frame.timestamp_s) for frame in frames]
    grays = [np.asarray(cv2.cvtColor(frame.image_bgr, cv2.COLOR_BGR2GRAY), np.uint8) for frame in frames]
    width_px = np.hypot(*np.moveaxis(truth[:, :, 1] - truth[:, :, 0], -1, 0)).mean(axis=1)
    off_px = [np.concatenate(places) - truth for places in (line, followed(grays, line))]
    on_line, there = (np.hypot(*each.mean(axis=(1, 2)).T) / width_px for each in off_px)
    return on_line, there


def _read(frames: Sequence[Frame], witness: Eyewitness) -> Iterator[EyeSample]:
    seconds = np.array([int(frame.timestamp_s) for frame in frames])
    fulls = [*np.flatnonzero(np.diff(seconds, prepend=-1)), len(frames) - 1]
    places = {}
    for number in fulls:
        meshes = witness.meshes(frames[number].image_bgr)
        if meshes:
            places[number] = {0: eye_place(meshes[0], frames[number].timestamp_s)}
    for first, last in pairwise(fulls):
        if first in places and last in places and last > first:
            yield from witness.eyes.read(frames[first:last], places[first], places[last])


def _trace(samples: Iterator[EyeSample]) -> EyeTrace:
    rows = np.array([(each.timestamp_s, each.left_closed, each.right_closed) for each in samples]).reshape(-1, 3)
    return EyeTrace(rows[:, 0], rows[:, 1:])


def _pictures(path: Path) -> Iterator[tuple[float, ImageArray]]:
    with av.open(str(path)) as container:
        for picture in container.decode(video=0):
            yield float(picture.time or 0.0), np.asarray(picture.to_ndarray(format="bgr24"), np.uint8)


def _scaled(image: ImageArray, scale: float) -> ImageArray:
    if scale == 1:
        return image
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _path(clip: MarkedClip, data: Path) -> Path:
    return data.parent / clip.file if clip.file.startswith("media/") else asset_path(clip.file)
