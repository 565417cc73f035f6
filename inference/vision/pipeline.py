"""The pipeline: from a recording to observations, part by part, by the stages of `stages/`."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from inference.vision.flight import Flight, Progress, Work
from inference.vision.media import probe
from inference.vision.runtime import calm_blas, choose_device
from inference.vision.stages.embed import load_embedder
from inference.vision.stages.estimate import EXTRA_FAMILIES, load_estimator, load_extras
from inference.vision.stages.eyes import EyeReader
from inference.vision.stages.faces import GalleryFaceDetector
from inference.vision.stages.landmarks import FaceMesher
from inference.vision.stages.measure import FaceMeasurer, Sighting
from inference.vision.stages.second_opinion import ESTIMATE, WINDOWS, load_second_opinion
from inference.vision.stages.track import Tracker
from inference.vision.steps import EyesBetween, Step, steps_of
from inference.vision.types import Frame, Hook, Observation, Part, TrackedFace, silent_hook
from inference.vision.video import DecodeWarnings, FrameReader, Sampling, read_ahead
from inference.vision.weights import WeightCard, asset_path

STAGES = ("decode", "faces", "expression")
"""The stages that ``hook`` is told about, in order."""

# Faces of several frames share batches; a chunk's frames stay in memory together, so large frames make short chunks.
CHUNK_FRAMES = 4
CHUNK_BYTES = 48 * 1024**2
# So many chunks are measured or classified while the next one is searched for faces.
IN_FLIGHT = 2


@dataclass(frozen=True, slots=True)
class PipelineOptions:
    """What a run does: samples a second, the length of a part, and whether expressions may be classified at all.

    ``extras`` are the estimates of ``types.EXTRAS`` that run beside the learning emotions; ``basic_family`` is the
    network that reads the basic emotions, or ``cnn_lstm_windows``, which reads windows of 16 samples. From ``eyes_fps``
    on, above ``sample_fps``, the eyes alone are looked at more often; 0: they are not. ``use_identity``: faces are told
    apart by embeddings too, only in mode individual.
    """

    sample_fps: float = 1.0
    part_s: float = 60.0
    use_expression: bool = True
    extras: tuple[str, ...] = ()
    basic_family: str = EXTRA_FAMILIES["basic"]
    eyes_fps: float = 0.0
    use_identity: bool = False

    @property
    def full(self) -> Sampling:
        """The frames on which everything is measured."""
        return Sampling(self.sample_fps, self.part_s)

    @property
    def decoded(self) -> Sampling:
        """The frames that are decoded."""
        return Sampling(max(self.sample_fps, self.eyes_fps), self.part_s)


class Pipeline:
    """Loaded networks, ready for any number of recordings, one at a time.

    ``card`` is the expression network's, or None when policy forbids it: its weights are then never opened, nor are
    those of the chosen extras, whose cards are ``extra_cards``. ``warnings`` counts what was skipped in the last run.
    """

    def __init__(self, *, options: PipelineOptions | None = None, device: str = "auto") -> None:
        self.options = options or PipelineOptions()
        self.device = choose_device(device)
        calm_blas()
        estimator = load_estimator(self.device) if self.options.use_expression else None
        families = {**EXTRA_FAMILIES, "basic": self.options.basic_family}
        wanted = self.options.extras if self.options.use_expression else ()
        self.opinion = None
        if ESTIMATE in wanted and self.options.basic_family == WINDOWS:
            wanted = tuple(name for name in wanted if name != ESTIMATE)
            self.opinion = load_second_opinion(self.device, sample_fps=self.options.sample_fps)
        extras = load_extras(self.device, wanted, families=families)
        self.detect = GalleryFaceDetector()
        self.measure = FaceMeasurer(FaceMesher(asset_path("weights/face_landmark.tflite")), estimator, extras)
        self.card: WeightCard | None = estimator.card if estimator else None
        self.extra_cards: dict[str, WeightCard] = {name: extra.card for name, extra in extras.items()}
        if self.opinion:
            self.extra_cards[ESTIMATE] = self.opinion.card
        self.embed = load_embedder(self.device) if self.options.use_identity else None
        reads_eyes = self.options.use_expression or self.options.eyes_fps > self.options.sample_fps
        self.eyes = EyeReader(self.device) if reads_eyes else None
        self.warnings = DecodeWarnings()
        self._looker, self._observer = ThreadPoolExecutor(1, "look"), ThreadPoolExecutor(1, "observe")

    def run(
        self,
        path: Path | str,
        *,
        start_part: int = 0,
        stop_part: int | None = None,
        tracker_state: dict[str, Any] | None = None,
        hook: Hook = silent_hook,
    ) -> Iterator[Part]:
        """Yield the recording's parts from ``start_part`` on, up to ``stop_part`` or its end, also without a face.

        With the ``tracker_state`` of part ``start_part - 1`` the result is the same as that of an undisturbed run.

        Raises:
            MediaError: the recording cannot be used.
        """
        duration_s = probe(path).duration_s
        sampling = self.options.decoded
        self.warnings = DecodeWarnings()
        reader = FrameReader(Path(path), sampling, start_part * sampling.part_s, self.warnings)
        flight, following = Flight(), start_part
        with closing(read_ahead(reader)) as ahead:
            for index, frames in _with_empty(_by_part(ahead, sampling), start_part):
                if index == stop_part:
                    break
                work = self._begin(index, duration_s, tracker_state, hook)
                for chunk in _chunks(steps_of(frames, self.options.full)):
                    flight.add(work, chunk, self._measured(chunk, work))
                    yield from flight.landed(leave=IN_FLIGHT)
                tracker_state, following = flight.close(work), index + 1
                yield from flight.landed(leave=IN_FLIGHT)
            yield from flight.landed(leave=0)
        end_part = math.ceil(duration_s / sampling.part_s - 1e-6)
        for index in range(following, end_part if stop_part is None else min(stop_part, end_part)):
            work = self._begin(index, duration_s, tracker_state, hook)
            flight.close(work)
            yield from flight.landed(leave=0)

    def _begin(self, index: int, duration_s: float, state: dict[str, Any] | None, hook: Hook) -> Work:
        """Begin a part; it depends on nothing but its frames and the state that the part before it left."""
        eyes = EyesBetween(self.eyes) if self.eyes else None
        tracker = Tracker(state, self.embed)
        opinion = self.opinion.anew() if self.opinion else None
        return Work(index, self.options.part_s, duration_s, tracker, Progress(hook, duration_s), eyes, opinion)

    def _measured(self, chunk: Sequence[Step], work: Work) -> Future[list[Observation]]:
        """Find and follow the faces of a chunk; two other threads measure and classify them meanwhile."""
        tracked = [(step.frame, self._faces(step.frame, work.tracker, work.progress)) for step in chunk]
        looked = self._looker.submit(self.measure.look, tracked)
        return self._observer.submit(self._observed, chunk, looked, work)

    def _observed(self, chunk: Sequence[Step], looked: Future[list[Sighting]], work: Work) -> list[Observation]:
        observations = self.measure.observe(looked.result())
        if work.eyes:
            work.eyes.add(chunk, observations)
        if work.opinion:
            work.opinion.add(looked.result(), observations)
        return observations

    def _faces(self, frame: Frame, tracker: Tracker, progress: Progress) -> list[TrackedFace]:
        progress.decoded(frame)
        faces = tracker.update(frame.image_bgr, frame.timestamp_s, self.detect(frame.image_bgr))
        progress.searched(frame)
        return faces


def _by_part(frames: Iterator[Frame], sampling: Sampling) -> Iterator[tuple[int, Iterator[Frame]]]:
    return groupby(frames, key=lambda frame: sampling.slot(frame.timestamp_s)[0])


def _with_empty(parts: Iterator[tuple[int, Iterator[Frame]]], following: int) -> Iterator[tuple[int, Iterator[Frame]]]:
    """Yield ``parts`` with the parts between them that have no frame."""
    for index, frames in parts:
        for missing in range(following, index):
            yield missing, iter(())
        yield index, frames
        following = index + 1


def _chunks(steps: Iterator[Step]) -> Iterator[list[Step]]:
    chunk: list[Step] = []
    for step in steps:
        chunk.append(step)
        if len(chunk) >= CHUNK_FRAMES or sum(each.nbytes for each in chunk) >= CHUNK_BYTES:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _main(path: str) -> None:
    for part in Pipeline().run(path):
        numbers = sorted({observation.track_number for observation in part.observations})
        sys.stdout.write(
            f"part {part.index}: {part.start_s:.1f} to {part.end_s:.1f} s, {len(part.frame_times_s)} frames, "
            f"{len(part.observations)} observations of tracks {numbers}\n"
        )


if __name__ == "__main__":
    _main(sys.argv[1])
