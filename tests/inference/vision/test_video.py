"""Sampled frames: the right ones, at their exact times, upright, whatever the container and codec."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
import pytest

from inference.vision.types import Frame
from inference.vision.video import DecodeWarnings, FrameReader, Sampling, read_ahead
from tests import media

ONE_FPS = Sampling(fps=1.0, part_s=60.0)


def read(path: Path, sampling: Sampling = ONE_FPS, start_s: float = 0.0) -> list[Frame]:
    return list(FrameReader(path, sampling, start_s))


def counters(frames: list[Frame]) -> list[int]:
    return [media.read_counter(frame.image_bgr) for frame in frames]


def every_picture(path: Path) -> list[tuple[float, int]]:
    """The slow, obvious reference: decode all, keep time and number."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        first = stream.start_time or 0
        base = cast("Fraction", stream.time_base)
        return [
            (
                float((cast("int", picture.pts) - first) * base),
                media.read_counter(picture.to_ndarray(format="bgr24").astype(np.uint8)),
            )
            for picture in container.decode(stream)
        ]


def first_at_or_after(pictures: list[tuple[float, int]], fps: float) -> list[tuple[float, int]]:
    kept: dict[int, tuple[float, int]] = {}
    for time_s, number in sorted(pictures):
        kept.setdefault(int((time_s + 1e-6) * fps), (time_s, number))
    return list(kept.values())


@pytest.mark.parametrize("fps", [0.5, 1.0, 2.0, 3.0])
def test_each_grid_time_gets_the_first_frame_at_or_after_it(tmp_path: Path, fps: float) -> None:
    path = media.write_video(tmp_path / "a.mp4", fps=24, count=200, options={"bf": "3"})
    frames = read(path, Sampling(fps, 60.0))
    expected = first_at_or_after(every_picture(path), fps)
    assert counters(frames) == [number for _, number in expected]
    assert [frame.timestamp_s for frame in frames] == pytest.approx([time_s for time_s, _ in expected])


def test_variable_frame_rate_is_read_by_its_timestamps(tmp_path: Path) -> None:
    times_s = [0.0, 0.3, 0.95, 1.2, 1.25, 3.4, 3.5, 4.0, 6.99]
    frames = read(media.write_video(tmp_path / "vfr.mp4", times_s=times_s))
    assert counters(frames) == [0, 3, 5, 7, 8]
    assert [frame.timestamp_s for frame in frames] == pytest.approx([0.0, 1.2, 3.4, 4.0, 6.99], abs=1e-4)


@pytest.mark.parametrize("start_s", [1.4, 3600.0])
def test_a_recording_that_starts_late_starts_at_zero(tmp_path: Path, start_s: float) -> None:
    path = media.write_video(tmp_path / "late.ts", times_s=[start_s + n / 10 for n in range(40)], options={"bf": "0"})
    frames = read(path)
    assert counters(frames) == [0, 10, 20, 30]
    assert frames[1].timestamp_s == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("rotation_deg", [90, 180, 270])
def test_rotated_phone_video_comes_upright(tmp_path: Path, rotation_deg: int) -> None:
    def stored(number: int, size: tuple[int, int]) -> np.ndarray:
        upright = np.zeros((size[1], size[0], 3) if rotation_deg == 180 else (size[0], size[1], 3), np.uint8)
        upright[: upright.shape[0] // 2, : upright.shape[1] // 2] = (0, 0, 255)
        return np.ascontiguousarray(np.rot90(upright, rotation_deg // 90))

    path = media.write_video(tmp_path / "phone.mp4", rotation_deg=rotation_deg, frame=stored)
    image = read(path)[0].image_bgr
    assert image.shape == ((240, 320, 3) if rotation_deg == 180 else (320, 240, 3))
    height, width = image.shape[:2]
    assert image[height // 4, width // 4, 2] > 200
    assert image[3 * height // 4, width // 4, 2] < 50 and image[height // 4, 3 * width // 4, 2] < 50


@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt", "options"),
    [
        ("a.mp4", "libx264", "yuv420p", {"bf": "3", "g": "50"}),
        ("open_gop.mp4", "libx264", "yuv420p", {"bf": "3", "g": "20", "x264-params": "open-gop=1"}),
        ("b.mp4", "libx265", "yuv420p10le", {"x265-params": "open-gop=1:keyint=25:log-level=none"}),
        ("c.webm", "libvpx-vp9", "yuv420p", {"g": "40", "auto-alt-ref": "1", "lag-in-frames": "10"}),
        ("d.mkv", "libsvtav1", "yuv420p", {"g": "40", "preset": "10", "crf": "20"}),
        ("e.avi", "mjpeg", "yuvj420p", {}),
    ],
)
def test_reading_from_a_part_on_gives_the_same_pixels(
    tmp_path: Path, name: str, codec: str, pix_fmt: str, options: dict[str, str]
) -> None:
    path = media.write_video(tmp_path / name, codec=codec, pix_fmt=pix_fmt, options=options, count=120)
    sampling = Sampling(fps=2.0, part_s=3.0)
    whole = read(path, sampling)
    assert counters(whole) == list(range(0, 120, 5))
    for start_s in (3.0, 6.0, 9.0):
        later = read(path, sampling, start_s)
        expected = [frame for frame in whole if frame.timestamp_s >= start_s - 1e-6]
        assert [f.timestamp_s for f in later] == [f.timestamp_s for f in expected]
        assert [f.index for f in later] == [f.index for f in expected]
        assert all(np.array_equal(a.image_bgr, b.image_bgr) for a, b in zip(later, expected, strict=True))


def test_damage_in_the_middle_is_counted_and_passed(tmp_path: Path) -> None:
    whole = media.write_video(tmp_path / "whole.mkv", count=300, options={"g": "20"}, audio_s=1.0)
    warnings = DecodeWarnings()
    frames = list(FrameReader(media.damaged(whole, tmp_path / "bad.mkv"), ONE_FPS, 0.0, warnings))
    assert len(frames) >= 20
    assert frames[-1].timestamp_s == pytest.approx(29.0)


def test_read_ahead_gives_the_same_frames_and_stops_its_thread(tmp_path: Path) -> None:
    path = media.write_video(tmp_path / "a.mp4", count=100)
    assert counters(list(read_ahead(FrameReader(path, ONE_FPS)))) == counters(read(path))
    early = read_ahead(FrameReader(path, ONE_FPS))
    next(early)
    early.close()


def test_an_error_of_the_decoder_reaches_the_reader(tmp_path: Path) -> None:
    path = tmp_path / "gone.mp4"
    with pytest.raises(FileNotFoundError):
        list(read_ahead(FrameReader(path, ONE_FPS)))
