"""What is left undecoded: never anything that a wanted picture needs, and all that it does not."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import cast

import av
import numpy as np
import pytest
from av.video.frame import PictureType

from inference.vision.h264 import nal_length_bytes, spares_b_pictures
from inference.vision.packets import KeyMarks, planned
from inference.vision.types import ImageArray
from inference.vision.video import FrameReader
from inference.vision.wanted import LATEST_S, RARE_FPS, Sampling, Wanted
from tests import media

SIZE = (192, 160)
PLANE = np.random.default_rng(0).integers(0, 256, (40, 60, 3)).astype(np.uint8).repeat(8, 0).repeat(8, 1)
X264 = "bframes=3:keyint=50:min-keyint=50:scenecut=0:"


def moving(number: int, size: tuple[int, int]) -> ImageArray:
    """Coarse noise that slides and brightens, so that each picture is built out of those around it."""
    width, height = size
    left, top = 3 * number % 200, 2 * number % 120
    shade = np.uint8(number % 7)
    return np.ascontiguousarray(PLANE[top : top + height, left : left + width] // 2 + shade)


def write(path: Path, codec: str, options: dict[str, str], count: int = 260) -> Path:
    return media.write_video(path, codec=codec, options=options, count=count, fps=25, size=SIZE, frame=moving)


@lru_cache(maxsize=2)
def decoded_fully(path: Path) -> dict[int, ImageArray]:
    """Return every picture by its time in milliseconds."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        first_s = float((stream.start_time or 0) * cast("Fraction", stream.time_base))
        pictures = container.decode(stream)
        return {round(1000 * (p.time - first_s)): p.to_ndarray(format="bgr24").astype(np.uint8) for p in pictures}


def assert_exact(path: Path, fps: float, *, latest_s: float = 0.0) -> None:
    """Hold the sampled pictures against those of a full decode, and their times against the grid."""
    sampling, pictures = Sampling(fps, 60.0), decoded_fully(path)
    found = {round(1000 * frame.timestamp_s): frame.image_bgr for frame in FrameReader(path, sampling)}
    first: dict[tuple[int, int], int] = {}
    for time_ms in sorted(pictures):
        first.setdefault(sampling.slot(time_ms / 1000), time_ms)
    assert [sampling.slot(time_ms / 1000) for time_ms in found] == list(first)
    assert all(
        0 <= found_ms - first_ms <= 1000 * latest_s for found_ms, first_ms in zip(found, first.values(), strict=True)
    )
    assert all(np.array_equal(image, pictures[time_ms]) for time_ms, image in found.items())


def plan(path: Path, *, spares_b: bool = False, fps: float = 1.0, known: int = 2) -> Counter[str]:
    """Count the packets by what is done with them, when the key marks were found true or not."""
    levels: Counter[str] = Counter()
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.pts is not None]
        wanted = Wanted(Sampling(fps, 60.0), 0.0, spares_b)
        levels.update(level for _, level in planned(packets, wanted, KeyMarks(_confirmed=known)))
        levels["none"] = len(packets) - levels.total()
    return levels


SPARING = ("pyramid.mp4", "two_b.mkv", "one_b.mp4", "strict.mp4", "start_codes.ts", "open.mp4", "refresh.mp4")


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("pyramid.mp4", "libx264", {"x264-params": X264 + "ref=1"}),
        ("two_b.mkv", "libx264", {"x264-params": X264.replace("=3", "=2") + "ref=1:b-adapt=2"}),
        ("one_b.mp4", "libx264", {"x264-params": X264.replace("=3", "=1") + "ref=1"}),
        ("strict.mp4", "libx264", {"x264-params": X264 + "ref=4:b-pyramid=strict"}),
        ("references.mp4", "libx264", {"x264-params": X264 + "ref=5:b-pyramid=normal"}),
        ("start_codes.ts", "libx264", {"x264-params": X264 + "ref=1"}),
        ("open.mp4", "libx264", {"x264-params": X264 + "ref=1:open-gop=1"}),
        ("refresh.mp4", "libx264", {"x264-params": "keyint=50:intra-refresh=1:bframes=0"}),
        ("hevc.mp4", "libx265", {"preset": "fast", "x265-params": "open-gop=1:keyint=40:log-level=none"}),
        ("vp9.webm", "libvpx-vp9", {"g": "40", "auto-alt-ref": "1", "lag-in-frames": "10", "cpu-used": "8"}),
    ],
)
def test_sampled_pictures_are_those_of_a_full_decode(
    tmp_path: Path, name: str, codec: str, options: dict[str, str]
) -> None:
    path = write(tmp_path / name, codec, options, count=160)
    for fps in (0.2, 1.0, 2.0, 12.0):
        is_sparing = name in SPARING and fps <= RARE_FPS
        assert_exact(path, fps, latest_s=LATEST_S if is_sparing else 0.0)


def test_the_end_of_a_group_behind_the_last_wanted_picture_is_left_out(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", "libx264", {"x264-params": "keyint=40:min-keyint=40:scenecut=0:bframes=0"}, 200)
    assert plan(path) == {"DEFAULT": 8 + 4, "NONREF": 118, "none": 14 + 4 + 19 + 9 + 24}


def test_nothing_is_left_out_before_key_marks_were_found_true(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", "libx264", {"x264-params": "keyint=40:min-keyint=40:scenecut=0:bframes=0"}, 200)
    assert plan(path, known=1)["none"] <= 24


def test_a_key_that_is_no_idr_picture_ends_nothing(tmp_path: Path) -> None:
    """H.264 numbers its reference pictures across such a key, so what is missing before it would be missed."""
    for name, options in (
        ("closed.mp4", ""),
        ("open.mp4", ":open-gop=1"),
        ("closed.ts", ""),
        ("open.ts", ":open-gop=1"),
    ):
        path = write(tmp_path / name, "libx264", {"x264-params": X264 + "ref=1" + options})
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            keys = KeyMarks(nal_length_bytes(stream.codec_context.extradata), _confirmed=2)
            marked = [packet for packet in container.demux(stream) if packet.is_keyframe]
        assert [keys.begins_anew(packet) for packet in marked[1:]] == ["closed" in name] * (len(marked) - 1)
        assert len(marked) > 4


def test_a_container_that_marks_all_packets_as_keys_is_seen_through(tmp_path: Path) -> None:
    honest = write(tmp_path / "a.mkv", "libx264", {"x264-params": X264 + "ref=1"})
    with av.open(str(honest)) as reader, av.open(str(tmp_path / "lying.mkv"), "w") as writer:
        source = reader.streams.video[0]
        target = writer.add_stream_from_template(source)
        for packet in reader.demux(source):
            if packet.dts is not None:
                packet.stream, packet.is_keyframe = target, True
                writer.mux(packet)
    assert_exact(tmp_path / "lying.mkv", 1.0, latest_s=LATEST_S)


def test_b_pictures_that_no_later_picture_needs_are_left_out(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", "libx264", {"x264-params": X264 + "ref=1"})
    assert plan(path, spares_b=True)["BIDIR"] > 100
    assert 0 < plan(path, spares_b=True, fps=2.1)["BIDIR"] < plan(path, spares_b=True)["BIDIR"]
    assert plan(path, spares_b=False)["BIDIR"] == 0


def test_rare_samples_are_no_b_pictures_where_those_are_spared(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", "libx264", {"x264-params": X264 + "ref=1"})
    with av.open(str(path)) as container:
        kinds = {round(1000 * p.time): p.pict_type for p in container.decode(container.streams.video[0])}
    rare, often = ([round(1000 * f.timestamp_s) for f in FrameReader(path, Sampling(fps, 60.0))] for fps in (2.0, 5.0))
    assert PictureType.B not in {kinds[time_ms] for time_ms in rare}
    assert PictureType.B in {kinds[time_ms] for time_ms in often}


def test_a_b_picture_is_sampled_where_no_other_comes_in_time(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", "libx264", {"x264-params": "bframes=16:b-adapt=0:ref=1:keyint=200"}, count=180)
    found = [frame.timestamp_s for frame in FrameReader(path, Sampling(2.0, 60.0))]
    assert len(found) == 15
    assert all(time_s % 0.5 < 0.21 for time_s in found)


@pytest.mark.parametrize(
    ("options", "is_spared"),
    [("ref=1", True), ("ref=2", False), ("ref=3:b-pyramid=strict", True), ("ref=5:b-pyramid=strict", False)],
)
def test_the_encoders_note_says_whether_b_pictures_are_spared(tmp_path: Path, options: str, is_spared: bool) -> None:
    path = write(tmp_path / "a.mp4", "libx264", {"x264-params": X264 + options}, count=10)
    with av.open(str(path)) as container:
        assert spares_b_pictures(next(container.demux(container.streams.video[0]))) == is_spared


def test_long_groups_do_not_wait_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inference.vision.packets.HELD_PACKETS", 10)
    path = write(tmp_path / "a.mp4", "libx264", {"x264-params": X264 + "ref=1"})
    assert_exact(path, 0.2, latest_s=LATEST_S)
