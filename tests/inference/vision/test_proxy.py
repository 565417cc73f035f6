"""Copies for browsers: playable, upright, in time, with their sound, and whole or not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from inference.vision.media import MediaError, is_browser_playable, probe
from inference.vision.proxy import proxy_size, write_proxy
from inference.vision.video import FrameReader, Sampling
from tests import media


@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt", "size"),
    [
        ("a.mp4", "libx265", "yuv420p10le", (640, 360)),
        ("b.mkv", "libx264", "yuv444p", (642, 362)),
        ("c.mov", "libx264", "yuv420p", (1920, 1080)),
        ("d.mp4", "libsvtav1", "yuv420p", (640, 360)),
    ],
)
def test_the_copy_is_playable_and_keeps_times_and_sound(
    tmp_path: Path, name: str, codec: str, pix_fmt: str, size: tuple[int, int]
) -> None:
    source = media.write_video(tmp_path / name, codec=codec, pix_fmt=pix_fmt, size=size, count=40, audio_s=4.0)
    assert not is_browser_playable(probe(source))
    write_proxy(source, tmp_path / "proxy.mp4")
    info = probe(tmp_path / "proxy.mp4")
    assert is_browser_playable(info) and info.has_audio and info.height <= 720
    assert info.duration_s == pytest.approx(4.0, abs=0.15)
    frames = list(FrameReader(tmp_path / "proxy.mp4", Sampling(1.0, 60.0)))
    assert [media.read_counter(frame.image_bgr) for frame in frames] == [round(10 * f.timestamp_s) for f in frames]
    assert [int(frame.timestamp_s) for frame in frames] == [0, 1, 2, 3]


def test_rotation_is_baked_in(tmp_path: Path) -> None:
    source = media.write_video(tmp_path / "phone.mov", rotation_deg=90)
    write_proxy(source, tmp_path / "proxy.mp4")
    info = probe(tmp_path / "proxy.mp4")
    assert (info.width, info.height, info.rotation_deg) == (240, 320, 0)


def test_variable_times_are_kept(tmp_path: Path) -> None:
    times_s = [0.0, 0.3, 0.95, 1.2, 3.4, 4.0]
    write_proxy(media.write_video(tmp_path / "vfr.mkv", times_s=times_s), tmp_path / "proxy.mp4")
    found = [frame.timestamp_s for frame in FrameReader(tmp_path / "proxy.mp4", Sampling(20.0, 60.0))]
    assert found == pytest.approx(times_s, abs=0.002)


def test_a_stopped_copy_leaves_nothing(tmp_path: Path) -> None:
    source = media.write_video(tmp_path / "a.mkv")

    def stop(stage: str, completed: float, total: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        write_proxy(source, tmp_path / "proxy.mp4", stop)
    assert [path.name for path in tmp_path.iterdir()] == ["a.mkv"]


def test_no_video_gives_no_copy(tmp_path: Path) -> None:
    (tmp_path / "notes.mkv").write_text("no video")
    with pytest.raises(MediaError):
        write_proxy(tmp_path / "notes.mkv", tmp_path / "proxy.mp4")
    assert not (tmp_path / "proxy.mp4").exists()


@pytest.mark.parametrize(
    ("size", "expected"), [((1920, 1080), (1280, 720)), ((641, 361), (640, 360)), ((1080, 1920), (720, 1280))]
)
def test_the_copys_size_is_even_and_at_most_720_lines(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert proxy_size(*size) == expected
