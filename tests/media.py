"""Makers of small real media files. Each frame carries its own number, which survives compression and rotation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import cv2
import numpy as np
from av import AudioStream, VideoStream
from av.container import OutputContainer

from inference.vision.types import ImageArray

BITS = 10
CLOCK = Fraction(1, 90000)


def counter_frame(number: int, size: tuple[int, int]) -> ImageArray:
    """Return a gray picture (h, w, 3) with ``number`` as ten black or white bars, the lowest bit at the left."""
    width, height = size
    image = np.full((height, width, 3), 128, np.uint8)
    for bit in range(BITS):
        image[:, bit * width // BITS : (bit + 1) * width // BITS] = 235 if number >> bit & 1 else 20
    return image


def read_image(path: Path) -> ImageArray:
    """Return a still picture (h, w, 3)."""
    image = cv2.imread(str(path))
    if image is None:
        raise FileNotFoundError(path)
    return cast("ImageArray", image)


def read_counter(image_bgr: ImageArray) -> int:
    """Return the number that ``counter_frame`` wrote, from a picture of any size."""
    height, width = image_bgr.shape[:2]
    row = image_bgr[height // 4 : 3 * height // 4].mean(axis=(0, 2))
    return sum(1 << bit for bit in range(BITS) if row[int((bit + 0.5) * width / BITS)] > 128)


def write_video(
    path: Path,
    *,
    times_s: Sequence[float] | None = None,
    count: int = 60,
    fps: float = 10.0,
    size: tuple[int, int] = (320, 240),
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    options: dict[str, str] | None = None,
    rotation_deg: int = 0,
    audio_s: float = 0.0,
    frame: Callable[[int, tuple[int, int]], ImageArray] = counter_frame,
) -> Path:
    """Write a video with pictures at ``times_s`` (default: ``count`` at ``fps``); the container follows the suffix."""
    times_s = [number / fps for number in range(count)] if times_s is None else times_s
    with av.open(str(path), "w") as container:
        stream = cast("VideoStream", container.add_stream(codec, rate=round(fps), options=options or {}))
        stream.width, stream.height, stream.pix_fmt = *size, pix_fmt
        stream.codec_context.time_base = CLOCK
        if rotation_deg:
            stream.set_display_rotation(-rotation_deg)
        sound = _add_sound(container, path) if audio_s else None
        container.start_encoding()
        for number, time_s in enumerate(times_s):
            picture = av.VideoFrame.from_ndarray(frame(number, size), format="bgr24").reformat(format=pix_fmt)
            picture.pts, picture.time_base = round(time_s / CLOCK), CLOCK
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
        if sound is not None:
            _write_tone(container, sound, audio_s)
    return path


def write_audio(path: Path, duration_s: float = 1.0) -> Path:
    """Write a file that has sound alone."""
    with av.open(str(path), "w") as container:
        _write_tone(container, _add_sound(container, path), duration_s)
    return path


def _add_sound(container: OutputContainer, path: Path) -> AudioStream:
    return cast("AudioStream", container.add_stream(_audio_codec(path), rate=48000))


def without_index(source: Path, target: Path) -> Path:
    """Write ``source`` (MP4) as an interrupted export leaves it: everything before the moov box."""
    data = source.read_bytes()
    target.write_bytes(data[: data.rindex(b"moov") - 4])
    return target


def cut_off(source: Path, target: Path, *, share: float = 0.5) -> Path:
    """Write the first ``share`` of ``source``'s bytes."""
    data = source.read_bytes()
    target.write_bytes(data[: int(len(data) * share)])
    return target


def damaged(source: Path, target: Path, *, seed: int = 0, hits: int = 5) -> Path:
    """Write ``source`` with some stretches of its middle overwritten, as a bad disk leaves it."""
    data = bytearray(source.read_bytes())
    places = np.random.default_rng(seed).integers(len(data) // 3, 2 * len(data) // 3, hits)
    for place in places:
        data[int(place) : int(place) + 40] = b"\xff" * 40
    target.write_bytes(bytes(data))
    return target


def _audio_codec(path: Path) -> str:
    return "libopus" if path.suffix == ".webm" else "aac"


def _write_tone(container: OutputContainer, stream: AudioStream, duration_s: float) -> None:
    samples = np.sin(np.arange(int(48000 * duration_s)) * 2 * np.pi * 440 / 48000).astype(np.float32) * 0.2
    for start in range(0, len(samples) - 959, 960):
        block = av.AudioFrame.from_ndarray(np.stack([samples[start : start + 960]] * 2), "fltp", "stereo")
        block.sample_rate, block.pts, block.time_base = 48000, start, Fraction(1, 48000)
        container.mux(stream.encode(block))
    container.mux(stream.encode(None))
