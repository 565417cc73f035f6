"""What is left undecoded: never anything that a wanted picture needs, and all that it does not."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
import pytest

from inference.vision.packets import KeyMarks, Sampling, Wanted, nal_length_bytes, planned, spares_b_pictures
from inference.vision.types import ImageArray
from inference.vision.video import FrameReader
from tests import media

SIZE = (192, 160)
ONE_FPS = Sampling(1.0, 60.0)
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


def decoded_fully(path: Path, sampling: Sampling) -> list[ImageArray]:
    kept: dict[tuple[int, int], ImageArray] = {}
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        first_s = float((stream.start_time or 0) * cast("Fraction", stream.time_base))
        for picture in container.decode(stream):
            kept.setdefault(sampling.slot(picture.time - first_s), picture.to_ndarray(format="bgr24").astype(np.uint8))
    return list(kept.values())


def assert_exact(path: Path, fps: float) -> None:
    sampling = Sampling(fps, 60.0)
    expected, found = decoded_fully(path, sampling), [frame.image_bgr for frame in FrameReader(path, sampling)]
    assert len(found) == len(expected)
    assert all(np.array_equal(left, right) for left, right in zip(found, expected, strict=True))


def plan(path: Path, *, spares_b: bool = False, known: int = 2) -> Counter[str]:
    """Count the packets by what is done with them, when the key marks were found true or not."""
    levels: Counter[str] = Counter()
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.pts is not None]
        keys = KeyMarks(_confirmed=known)
        levels.update(level for _, level in planned(packets, Wanted(ONE_FPS, 0.0), keys, spares_b=spares_b))
        levels["none"] = len(packets) - levels.total()
    return levels


@pytest.mark.parametrize("fps", [0.2, 1.0, 2.0, 12.0])
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
    tmp_path_factory: pytest.TempPathFactory, name: str, codec: str, options: dict[str, str], fps: float
) -> None:
    path = tmp_path_factory.getbasetemp() / name
    assert_exact(path if path.exists() else write(path, codec, options), fps)


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
    assert_exact(tmp_path / "lying.mkv", 1.0)


def test_b_pictures_that_no_later_picture_needs_are_left_out(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", "libx264", {"x264-params": X264 + "ref=1"})
    assert plan(path, spares_b=True)["BIDIR"] > 50
    assert plan(path, spares_b=False)["BIDIR"] == 0


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
    assert_exact(path, 0.2)
