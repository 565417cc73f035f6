"""The faster sampling of the eyes beside the full samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference.vision.pipeline import Pipeline, PipelineOptions
from inference.vision.stages.eyes import EyePlace
from inference.vision.steps import EyesBetween, Step, steps_of
from inference.vision.types import EyeSample, Frame, Observation
from inference.vision.video import Sampling
from inference.vision.weights import asset_path
from tests.inference.vision.test_pipeline import described

PICTURE = np.zeros((4, 4, 3), np.uint8)


def frames(*times_s: float) -> list[Frame]:
    return [Frame(number, time_s, PICTURE) for number, time_s in enumerate(times_s)]


def seen_at(time_s: float, x: float) -> Observation:
    """A face whose eyes are 40 px apart, the left one at ``x``."""
    corners = np.array([[[x - 5, 10], [x + 5, 10]], [[x + 35, 10], [x + 45, 10]]], np.float32)
    return Observation(1, time_s, np.zeros(4, np.float32), 1, None, 0, 0, 0, 0, 0, 1, eye_corners=corners)


class Recorder:
    """Stands where the eye network would; notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[list[float], list[int]]] = []

    def read(self, frames: list[Frame], before: dict[int, EyePlace], after: dict[int, EyePlace]) -> list[EyeSample]:
        self.asked.append(([frame.timestamp_s for frame in frames], sorted(before.keys() & after.keys())))
        return []


def test_the_first_frame_of_a_second_is_a_full_sample_and_the_rest_lie_between() -> None:
    steps = list(steps_of(frames(0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 3.1, 3.2), Sampling(1.0, 60.0)))
    assert [step.frame.timestamp_s for step in steps] == [0.0, 1.0, 3.1]
    assert [[frame.timestamp_s for frame in step.between] for step in steps] == [[0.25, 0.5, 0.75], [1.25], [3.2]]


def test_without_a_faster_sampling_nothing_lies_between() -> None:
    assert all(not step.between for step in steps_of(frames(0.0, 1.0, 2.0), Sampling(1.0, 60.0)))


@pytest.mark.parametrize(("second_x", "tracks"), [(110.0, [1]), (145.0, [])])
def test_eyes_are_read_up_to_the_next_full_sample_unless_the_face_jumped(second_x: float, tracks: list[int]) -> None:
    recorder = Recorder()
    eyes = EyesBetween(recorder)  # type: ignore[arg-type]
    first, second = frames(0.0, 1.0)
    eyes.add([Step(first, frames(0.5))], [seen_at(0.0, 100.0)])
    assert recorder.asked == []
    eyes.add([Step(second)], [seen_at(1.0, second_x)])
    assert recorder.asked == [([0.0, 0.5], tracks)]


@pytest.mark.weights
def test_the_faster_sampling_changes_nothing_else_and_repeats_to_the_bit() -> None:
    clip = Path(asset_path("clips/single_face.mp4"))
    slow, fast = (
        Pipeline(options=PipelineOptions(part_s=4.0, eyes_fps=fps, use_expression=False), device="cpu")
        for fps in (0.0, 12.0)
    )
    plain, parts = list(slow.run(clip)), list(fast.run(clip))
    assert [described(part) for part in plain] == [described(part) for part in parts]
    assert all(np.array_equal(a.frame_times_s, b.frame_times_s) for a, b in zip(plain, parts, strict=True))
    assert not any(part.eye_samples for part in plain)
    again = list(fast.run(clip, start_part=1, tracker_state=parts[0].tracker_state))
    assert [part.eye_samples for part in again] == [part.eye_samples for part in parts[1:]]
    for part in parts[:-1]:
        times_s = [sample.timestamp_s for sample in part.eye_samples]
        # The eyes are known until the part's last full sample, three seconds on.
        assert len(times_s) == pytest.approx(36, abs=3)
        assert np.median(np.diff(times_s)) == pytest.approx(1 / 12, abs=0.01)
        assert {sample.track_number for sample in part.eye_samples} == {1}
