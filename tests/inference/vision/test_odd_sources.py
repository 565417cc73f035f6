"""Recordings that are not as a camera would have it: mirrored, on their side, of changing rate, of changing size."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import pytest

from inference.vision.pipeline import Pipeline, PipelineOptions
from inference.vision.types import FloatArray, ImageArray, Observation
from inference.vision.video import FrameReader, Sampling
from inference.vision.weights import asset_path
from tests import media

pytestmark = pytest.mark.weights
SIZE = (640, 360)
CLEAR = {"crf": "12", "preset": "veryfast"}


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline(options=PipelineOptions(sample_fps=1.0), device="cpu")


@pytest.fixture(scope="module")
def pictures() -> list[ImageArray]:
    """Four seconds of an actor whose expression and head move, a picture a second."""
    clip = asset_path("clips/single_face.mp4").parent / "WolfgangLanger_Pexels.mp4"
    frames = FrameReader(clip, Sampling(1.0, 60.0))
    return [np.asarray(cv2.resize(frame.image_bgr, SIZE), np.uint8) for frame, _ in zip(frames, range(4), strict=False)]


def seen_in(
    pipeline: Pipeline,
    path: Path,
    pictures: list[ImageArray],
    *,
    rotation_deg: int = 0,
    times_s: list[float] | None = None,
) -> list[Observation]:
    """Return what the pipeline sees in a recording that shows each picture for a second."""
    times_s = times_s or [number / 5 for number in range(5 * len(pictures))]

    def frame(number: int, size: tuple[int, int]) -> ImageArray:
        return pictures[min(int(times_s[number] + 1e-6), len(pictures) - 1)]

    height, width = pictures[0].shape[:2]
    media.write_video(
        path, times_s=times_s, frame=frame, rotation_deg=rotation_deg, size=(width, height), options=CLEAR
    )
    return [observation for part in pipeline.run(path) for observation in part.observations]


@pytest.fixture(scope="module")
def upright(
    pipeline: Pipeline, pictures: list[ImageArray], tmp_path_factory: pytest.TempPathFactory
) -> list[Observation]:
    return seen_in(pipeline, tmp_path_factory.mktemp("odd") / "upright.mp4", pictures)


def picture_of(shown: list[ImageArray], number: int, size: tuple[int, int]) -> ImageArray:
    """Return the picture of a recording of five a second that shows each of ``shown`` for a second."""
    return shown[number // 5]


def column(observations: list[Observation], name: str) -> FloatArray:
    return np.array([getattr(observation, name) for observation in observations])


def largest_move(some: list[Observation], others: list[Observation]) -> float:
    """Return by how much the probability of any class differs, at most."""
    mixes = [np.array([cast("FloatArray", each.probabilities) for each in seen]) for seen in (some, others)]
    return float(np.abs(mixes[0] - mixes[1]).max())


def test_a_mirrored_picture_turns_the_head_to_the_other_side(
    pipeline: Pipeline, pictures: list[ImageArray], upright: list[Observation], tmp_path: Path
) -> None:
    mirrored = seen_in(pipeline, tmp_path / "m.mp4", [np.ascontiguousarray(each[:, ::-1]) for each in pictures])
    for name in ("yaw_deg", "roll_deg"):
        np.testing.assert_allclose(column(mirrored, name), -column(upright, name), atol=4)
    np.testing.assert_allclose(column(mirrored, "pitch_deg"), column(upright, "pitch_deg"), atol=4)
    np.testing.assert_allclose(column(mirrored, "eye_left_openness"), column(upright, "eye_right_openness"), atol=0.05)
    np.testing.assert_allclose(column(mirrored, "iris_x"), -column(upright, "iris_x"), atol=0.08)


def test_a_mirrored_face_shows_the_same_expression(
    pipeline: Pipeline, pictures: list[ImageArray], upright: list[Observation], tmp_path: Path
) -> None:
    mirrored = seen_in(pipeline, tmp_path / "m.mp4", [np.ascontiguousarray(each[:, ::-1]) for each in pictures])
    assert largest_move(upright, mirrored) < 0.2


@pytest.mark.parametrize("rotation_deg", [90, 180, 270])
def test_a_recording_on_its_side_gives_the_tracks_and_scores_of_an_upright_one(
    pipeline: Pipeline, pictures: list[ImageArray], upright: list[Observation], tmp_path: Path, rotation_deg: int
) -> None:
    turned = [np.ascontiguousarray(np.rot90(picture, rotation_deg // 90)) for picture in pictures]
    found = seen_in(pipeline, tmp_path / "phone.mp4", turned, rotation_deg=rotation_deg)
    assert [each.track_number for each in found] == [each.track_number for each in upright]
    np.testing.assert_allclose(column(found, "bbox_xyxy"), column(upright, "bbox_xyxy"), atol=12)
    np.testing.assert_allclose(column(found, "yaw_deg"), column(upright, "yaw_deg"), atol=2)
    assert largest_move(upright, found) < 0.1


def test_a_changing_frame_rate_keeps_the_times_and_the_scores(
    pipeline: Pipeline, pictures: list[ImageArray], upright: list[Observation], tmp_path: Path
) -> None:
    times_s = [0.0, 0.04, 0.08, 0.9, 1.0, 1.03, 1.31, 2.02, 2.9, 3.05, 3.5, 3.97]
    found = seen_in(pipeline, tmp_path / "vfr.mp4", pictures, times_s=times_s)
    np.testing.assert_allclose(column(found, "timestamp_s"), [0.0, 1.0, 2.02, 3.05], atol=0.001)
    assert {each.track_number for each in found} == {upright[0].track_number}
    assert largest_move(upright, found) < 0.1


def test_a_frame_size_that_changes_in_mid_stream_loses_no_face(
    pipeline: Pipeline, pictures: list[ImageArray], upright: list[Observation], tmp_path: Path
) -> None:
    """As a meeting's recorder writes it when the network gets worse: half the size from the third second on."""
    both = b""
    for from_s, size in ((0, SIZE), (2, (SIZE[0] // 2, SIZE[1] // 2))):
        shown = [np.asarray(cv2.resize(picture, size), np.uint8) for picture in pictures[from_s : from_s + 2]]
        path = media.write_video(
            tmp_path / f"{from_s}.ts",
            times_s=[from_s + number / 5 for number in range(10)],
            size=size,
            options=CLEAR,
            frame=partial(picture_of, shown),
        )
        both += path.read_bytes()
    (tmp_path / "resized.ts").write_bytes(both)
    found = [observation for part in pipeline.run(tmp_path / "resized.ts") for observation in part.observations]
    assert [round(each.timestamp_s) for each in found] == [0, 1, 2, 3]
    assert len({each.track_number for each in found}) == 1
    np.testing.assert_allclose(column(found, "yaw_deg"), column(upright, "yaw_deg"), atol=4)
    assert largest_move(upright[:2], found[:2]) < 0.1
