"""Bad and unusual files: each is refused with its reason, or described as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from inference.vision.media import MediaError, MediaLimits, is_browser_playable, probe, probe_in_sandbox
from tests import media


def code_of(path: Path) -> str:
    with pytest.raises(MediaError) as caught:
        probe(path)
    assert caught.value.message and caught.value.remedy
    return caught.value.code


def test_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.mp4"
    path.touch()
    assert code_of(path) == "empty"


def test_text_renamed_to_mp4_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "notes.mp4"
    path.write_text("Notes of the second lecture\n" * 500)
    assert code_of(path) == "not_a_video"


def test_playlist_that_names_other_files_is_no_video(tmp_path: Path) -> None:
    secret = media.write_video(tmp_path / "secret.mp4")
    path = tmp_path / "list.mp4"
    path.write_text(f"#EXTM3U\n#EXTINF:6,\n{secret}\n#EXT-X-ENDLIST\n")
    assert code_of(path) == "not_a_video"
    path.write_text(f"ffconcat version 1.0\nfile {secret.name}\n")
    assert code_of(path) == "not_a_video"


def test_mp4_without_its_index_is_truncated(tmp_path: Path) -> None:
    whole = media.write_video(tmp_path / "whole.mp4")
    assert code_of(media.without_index(whole, tmp_path / "cut.mp4")) == "truncated"


def test_cut_recording_with_its_index_in_front_keeps_what_is_there(tmp_path: Path) -> None:
    whole = media.write_video(tmp_path / "whole.mkv", count=300, options={"g": "10"})
    info = probe(media.cut_off(whole, tmp_path / "cut.mkv"))
    assert info.is_cut_short
    assert 5.0 < info.duration_s < 25.0


def test_sound_without_picture_is_refused(tmp_path: Path) -> None:
    assert code_of(media.write_audio(tmp_path / "sound.mp4")) == "audio_only"


def test_video_without_pictures_is_zero_length(tmp_path: Path) -> None:
    assert code_of(media.write_video(tmp_path / "none.mkv", count=0)) in {"zero_length", "truncated"}


def test_tiny_picture_is_refused(tmp_path: Path) -> None:
    assert code_of(media.write_video(tmp_path / "tiny.mp4", size=(64, 64))) == "too_small"


def test_recording_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = media.write_video(tmp_path / "long.mp4", count=40)
    with pytest.raises(MediaError, match="too long"):
        probe(path, limits=MediaLimits(max_duration_s=3.0))


def test_constant_rate_is_told_from_variable_rate(tmp_path: Path) -> None:
    steady = probe(media.write_video(tmp_path / "steady.mp4"))
    jumpy = probe(media.write_video(tmp_path / "jumpy.mp4", times_s=[n * 0.1 + (n % 3) * 0.03 for n in range(60)]))
    assert (steady.is_variable_frame_rate, jumpy.is_variable_frame_rate) == (False, True)
    assert steady.duration_s == pytest.approx(6.0, abs=0.11)
    assert steady.fps == pytest.approx(10.0)


def test_rotated_phone_video_is_described_upright(tmp_path: Path) -> None:
    info = probe(media.write_video(tmp_path / "phone.mp4", rotation_deg=90))
    assert (info.rotation_deg, info.width, info.height) == (90, 240, 320)


@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt", "facts", "is_playable"),
    [
        ("a.mp4", "libx264", "yuv420p", ("h264", 8, "mp4"), True),
        ("b.mp4", "libx265", "yuv420p10le", ("hevc", 10, "mp4"), False),
        ("c.webm", "libvpx-vp9", "yuv420p", ("vp9", 8, "webm"), True),
        ("d.mp4", "libsvtav1", "yuv420p", ("av1", 8, "mp4"), False),
        ("e.mkv", "libx264", "yuv420p", ("h264", 8, "mkv"), False),
        ("f.mov", "libx264", "yuv420p", ("h264", 8, "mov"), False),
    ],
)
def test_codecs_are_recognised(
    tmp_path: Path, name: str, codec: str, pix_fmt: str, facts: tuple[str, int, str], is_playable: bool
) -> None:
    info = probe(media.write_video(tmp_path / name, codec=codec, pix_fmt=pix_fmt, count=20, audio_s=1.0))
    decoded_name = "av1" if "av1" in info.codec else info.codec
    assert (decoded_name, info.bit_depth, info.container) == facts
    assert info.has_audio
    assert is_browser_playable(info) is is_playable


def test_sandbox_says_the_same(tmp_path: Path) -> None:
    path = media.write_video(tmp_path / "a.mp4")
    assert probe_in_sandbox(path) == probe(path)


def test_sandbox_passes_the_reason_on(tmp_path: Path) -> None:
    path = media.write_audio(tmp_path / "sound.mp4")
    with pytest.raises(MediaError) as caught:
        probe_in_sandbox(path)
    assert caught.value.code == "audio_only"


def test_sandbox_that_takes_too_long_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(MediaError) as caught:
        probe_in_sandbox(media.write_video(tmp_path / "a.mp4"), timeout_s=0.01)
    assert caught.value.code == "unreadable"
