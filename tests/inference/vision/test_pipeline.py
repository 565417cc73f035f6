"""The whole pipeline on real recordings: resumable to the bit, and at home with odd galleries."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest

from inference.vision import pipeline as pipeline_module
from inference.vision.gallery import Layout, compose, demo_tiles, grid, many_tiles
from inference.vision.media import MediaError
from inference.vision.pipeline import STAGES, Pipeline, PipelineOptions
from inference.vision.types import ImageArray, Part
from inference.vision.video import FrameReader, Sampling
from inference.vision.weights import asset_path
from tests import media

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline(options=PipelineOptions(sample_fps=2.0, part_s=5.0), device="cpu")


@pytest.fixture(scope="module")
def signals_only() -> Pipeline:
    return Pipeline(options=PipelineOptions(part_s=5.0, use_expression=False), device="cpu")


@pytest.fixture(scope="module")
def lively(tmp_path_factory: pytest.TempPathFactory, clips_dir: Path) -> Path:
    """Nine people; the layout changes at 7 s, one leaves at 12 s and returns at 16 s."""
    path = tmp_path_factory.mktemp("lively") / "lively.mp4"
    order = tuple(range(9))
    layouts = [Layout(0.0, order), Layout(7.0, order[::-1]), Layout(12.0, order[:0:-1]), Layout(16.0, order[::-1])]
    compose(path, demo_tiles(clips_dir), duration_s=21.0, fps=5, layouts=layouts)
    return path


@pytest.fixture(scope="module")
def clips_dir() -> Path:
    return Path(asset_path("clips/single_face.mp4")).parent


def face_picture(clips_dir: Path) -> ImageArray:
    return next(iter(FrameReader(clips_dir / "single_face.mp4", Sampling(1.0, 60.0)))).image_bgr


def described(part: Part) -> list[tuple[object, ...]]:
    """Return a part's observations as comparable bytes."""
    return [
        (
            o.track_number,
            o.timestamp_s,
            o.bbox_xyxy.tobytes(),
            o.score,
            None if o.probabilities is None else o.probabilities.tobytes(),
            np.array([o.yaw_deg, o.pitch_deg, o.roll_deg, o.eye_openness, o.mouth_openness, o.quality]).tobytes(),
        )
        for o in part.observations
    ]


def test_a_run_from_any_part_on_repeats_the_undisturbed_run_to_the_bit(pipeline: Pipeline, lively: Path) -> None:
    whole = list(pipeline.run(lively))
    assert [part.index for part in whole] == [0, 1, 2, 3, 4]
    for first in (2, 4):
        state = json.loads(json.dumps(whole[first - 1].tracker_state))
        again = list(
            Pipeline(options=pipeline.options, device="cpu").run(lively, start_part=first, tracker_state=state)
        )
        for before, after in zip(whole[first:], again, strict=True):
            assert described(before) == described(after)
            assert np.array_equal(before.frame_times_s, after.frame_times_s)
            assert (before.start_s, before.end_s, before.tracker_state) == (
                after.start_s, after.end_s, after.tracker_state,
            )  # fmt: skip


def test_a_stretch_begins_with_strangers_and_ends_where_it_is_told(pipeline: Pipeline, lively: Path) -> None:
    stretch = list(pipeline.run(lively, start_part=1, stop_part=3, tracker_state={"next_number": 50, "tracks": []}))
    assert [part.index for part in stretch] == [1, 2]
    sights = [sight for part in stretch for sight in part.first_sights]
    numbers = {observation.track_number for part in stretch for observation in part.observations}
    assert sorted(sight.number for sight in sights) == sorted(numbers)
    assert min(numbers) == 50
    assert [part.index for part in pipeline.run(lively, start_part=4, stop_part=9)] == [4]


def test_a_lively_gallery_puts_no_two_people_into_one_track(pipeline: Pipeline, lively: Path) -> None:
    people: dict[int, Counter[int]] = {}
    for part in pipeline.run(lively):
        for o in part.observations:
            order = list(range(9))[::-1] if o.timestamp_s >= 7 else list(range(9))
            if 12 <= o.timestamp_s < 16:
                order = order[:-1]
            columns, rows = grid(len(order))
            x, y = float(o.bbox_xyxy[0] + o.bbox_xyxy[2]) / 2, float(o.bbox_xyxy[1] + o.bbox_xyxy[3]) / 2
            place = int(y // (720 // rows)) * columns + int(x // (1280 // columns))
            people.setdefault(o.track_number, Counter())[order[place]] += 1
    assert all(len(counts) == 1 for counts in people.values())
    assert set().union(*people.values()) == set(range(9))


def test_the_hook_hears_of_every_stage_and_may_stop_the_run(pipeline: Pipeline, lively: Path) -> None:
    heard: list[tuple[str, float, float]] = []
    part = next(iter(pipeline.run(lively, hook=lambda *said: heard.append(said))))
    assert {stage for stage, _, _ in heard} == set(STAGES)
    assert all(0 <= completed <= total == pytest.approx(21.0, abs=0.2) for _, completed, total in heard)
    assert part.index == 0

    def stop(stage: str, completed: float, total: float) -> None:
        if completed > 6:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        list(pipeline.run(lively, hook=stop))


def test_every_observation_has_probabilities_and_a_pose(pipeline: Pipeline, clips_dir: Path) -> None:
    (observations, card) = (
        [o for p in pipeline.run(clips_dir / "single_face.mp4") for o in p.observations],
        pipeline.card,
    )
    assert card is not None and len(observations) == 5
    for observation in observations:
        assert observation.probabilities is not None
        assert observation.probabilities.shape == (len(card.labels),)
        assert float(observation.probabilities.sum()) == pytest.approx(1.0, abs=1e-5)
        assert np.isfinite([observation.yaw_deg, observation.eye_openness, observation.mouth_openness]).all()
        assert observation.quality > 0.8


def test_without_expression_its_weights_are_never_opened(monkeypatch: pytest.MonkeyPatch, clips_dir: Path) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("the expression weights were opened")

    monkeypatch.setattr(pipeline_module, "load_estimator", refuse)
    pipeline = Pipeline(options=PipelineOptions(use_expression=False), device="cpu")
    observations = [o for part in pipeline.run(clips_dir / "single_face.mp4") for o in part.observations]
    assert pipeline.card is None
    assert observations and all(o.probabilities is None for o in observations)


def test_a_recording_without_a_face_gives_empty_parts(signals_only: Pipeline, tmp_path: Path) -> None:
    parts = list(signals_only.run(media.write_video(tmp_path / "wall.mp4", count=120)))
    assert [(p.index, p.start_s, p.end_s) for p in parts] == [(0, 0.0, 5.0), (1, 5.0, 10.0), (2, 10.0, 12.0)]
    assert [len(p.frame_times_s) for p in parts] == [5, 5, 2]
    assert not any(p.observations for p in parts)


def test_parts_without_a_frame_are_there_too(signals_only: Pipeline, tmp_path: Path) -> None:
    path = media.write_video(tmp_path / "gap.mp4", times_s=[0.0, 1.0, 2.0, 17.0, 18.0])
    assert [(p.index, len(p.frame_times_s)) for p in signals_only.run(path)] == [(0, 3), (1, 0), (2, 0), (3, 2)]


def test_faces_that_come_and_go_are_seen_while_they_are_there(signals_only: Pipeline, clips_dir: Path) -> None:
    leaves = [o.timestamp_s for p in signals_only.run(clips_dir / "face_noface.mov") for o in p.observations]
    comes = [o.timestamp_s for p in signals_only.run(clips_dir / "noface_face.mov") for o in p.observations]
    assert leaves and max(leaves) < 3.0
    assert comes and min(comes) > 3.0


def test_forty_nine_faces_are_all_followed(signals_only: Pipeline, tmp_path: Path, clips_dir: Path) -> None:
    path = tmp_path / "many.mp4"
    compose(path, many_tiles(clips_dir, 49), duration_s=4.0, fps=5)
    numbers = Counter(o.track_number for part in signals_only.run(path) for o in part.observations)
    assert len([number for number, seen in numbers.items() if seen >= 3]) >= 47


@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt", "size", "rotation_deg"),
    [
        ("4k.mp4", "libx264", "yuv420p", (3840, 2160), 0),
        ("ten_bit.mp4", "libx265", "yuv420p10le", (640, 360), 0),
        ("a.webm", "libvpx-vp9", "yuv420p", (640, 360), 0),
        ("a.mkv", "libsvtav1", "yuv420p", (640, 360), 0),
        ("phone.mp4", "libx264", "yuv420p", (360, 640), 90),
    ],
)
def test_one_face_is_found_in_every_kind_of_file(
    signals_only: Pipeline, tmp_path: Path, clips_dir: Path, name: str, codec: str, pix_fmt: str,
    size: tuple[int, int], rotation_deg: int,
) -> None:  # fmt: skip
    picture = face_picture(clips_dir)
    picture = np.ascontiguousarray(np.rot90(picture, rotation_deg // 90))

    def frame(number: int, wanted: tuple[int, int]) -> ImageArray:
        return np.asarray(cv2.resize(picture, wanted), np.uint8)

    path = media.write_video(
        tmp_path / name,
        codec=codec,
        pix_fmt=pix_fmt,
        size=size,
        rotation_deg=rotation_deg,
        count=3,
        fps=1.0,
        frame=frame,
    )
    observations = [o for part in signals_only.run(path) for o in part.observations]
    assert len(observations) == 3
    assert {o.track_number for o in observations} == {1}


def test_a_file_that_is_no_video_is_refused_before_anything_runs(signals_only: Pipeline, tmp_path: Path) -> None:
    path = tmp_path / "notes.mp4"
    path.write_text("no video")
    with pytest.raises(MediaError):
        next(iter(signals_only.run(path)))


@pytest.mark.shared
def test_a_real_call_with_four_tiles_has_four_people(signals_only: Pipeline) -> None:
    path = Path(__file__).resolve().parents[4] / "shared" / "media" / "zoom_gallery_2x2.mp4"
    numbers = {o.track_number for part in signals_only.run(path) for o in part.observations}
    assert numbers == {1, 2, 3, 4}
