"""The pipeline: from a recording to observations, part by part. The stages are the literal list in ``Pipeline``."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from inference.vision.media import probe
from inference.vision.runtime import choose_device
from inference.vision.stages.detect import FaceDetector
from inference.vision.stages.estimate import ExpressionEstimator, load_estimator
from inference.vision.stages.landmarks import FaceMesher
from inference.vision.stages.measure import FaceMeasurer
from inference.vision.stages.track import Tracker
from inference.vision.types import Frame, Hook, Observation, Part, silent_hook
from inference.vision.video import DecodeWarnings, FrameReader, Sampling, read_ahead
from inference.vision.weights import WeightCard, asset_path

STAGES = ("decode", "faces", "expression")
"""The stages that ``hook`` is told about, in order."""


@dataclass(frozen=True, slots=True)
class PipelineOptions:
    """What a run does: samples a second, the length of a part, and whether expressions may be classified at all."""

    sample_fps: float = 1.0
    part_s: float = 60.0
    use_expression: bool = True


class Pipeline:
    """Loaded networks, ready for any number of recordings.

    ``card`` is the expression network's, or None when policy forbids it: its weights are then never opened.
    ``warnings`` counts what was skipped in the last run.
    """

    def __init__(self, *, options: PipelineOptions | None = None, device: str = "auto") -> None:
        self.options = options or PipelineOptions()
        self.device = choose_device(device)
        self.detector = FaceDetector(asset_path("weights/centerface.onnx"))
        mesher = FaceMesher(asset_path("weights/face_landmark.tflite"))
        estimator: ExpressionEstimator | None = load_estimator(self.device) if self.options.use_expression else None
        self.measurer = FaceMeasurer(mesher, estimator)
        self.card: WeightCard | None = estimator.card if estimator else None
        self.warnings = DecodeWarnings()

    def run(
        self,
        path: Path | str,
        *,
        start_part: int = 0,
        tracker_state: dict[str, object] | None = None,
        hook: Hook = silent_hook,
    ) -> Iterator[Part]:
        """Yield the recording's parts from ``start_part`` on, also those without a face.

        With the ``tracker_state`` of part ``start_part - 1`` the result is the same as that of an undisturbed run.

        Raises:
            MediaError: the recording cannot be used.
        """
        duration_s = probe(path).duration_s
        sampling = Sampling(self.options.sample_fps, self.options.part_s)
        self.warnings = DecodeWarnings()
        reader = FrameReader(Path(path), sampling, start_part * sampling.part_s, self.warnings)
        state, following = tracker_state, start_part
        for index, frames in _by_part(read_ahead(reader), sampling):
            for missing in range(following, index):
                yield self._part(missing, duration_s, iter(()), state, hook)
            part = self._part(index, duration_s, frames, state, hook)
            state, following = part.tracker_state, index + 1
            yield part
        for missing in range(following, math.ceil(duration_s / sampling.part_s - 1e-6)):
            yield self._part(missing, duration_s, iter(()), state, hook)

    def _part(
        self, index: int, duration_s: float, frames: Iterator[Frame], state: dict[str, Any] | None, hook: Hook
    ) -> Part:
        start_s = index * self.options.part_s
        tracker = Tracker(state)
        times: list[float] = []
        observations: list[Observation] = []
        for frame in frames:
            hook("decode", frame.timestamp_s, duration_s)
            faces = tracker.update(frame.image_bgr, frame.timestamp_s, self.detector(frame.image_bgr))
            hook("faces", frame.timestamp_s, duration_s)
            observations += self.measurer(frame, faces)
            times.append(frame.timestamp_s)
            hook("expression", frame.timestamp_s, duration_s)
        end_s = min(start_s + self.options.part_s, max(duration_s, *times, start_s))
        return Part(index, start_s, end_s, np.array(times, np.float32), tuple(observations), tracker.state)


def _by_part(frames: Iterator[Frame], sampling: Sampling) -> Iterator[tuple[int, Iterator[Frame]]]:
    return groupby(frames, key=lambda frame: sampling.slot(frame.timestamp_s)[0])


def _main(path: str) -> None:
    pipeline = Pipeline()
    for part in pipeline.run(path):
        numbers = sorted({observation.track_number for observation in part.observations})
        sys.stdout.write(
            f"part {part.index}: {part.start_s:.1f} to {part.end_s:.1f} s, {len(part.frame_times_s)} frames, "
            f"{len(part.observations)} observations of tracks {numbers}\n"
        )


if __name__ == "__main__":
    _main(sys.argv[1])
