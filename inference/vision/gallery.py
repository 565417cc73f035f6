"""Composes recordings of galleries from real clips: for the demo, the benchmarks and the tests.

A tile is a span of a clip, played forth and back so that it never jumps, cut out, mirrored and re-lit so that two
tiles of one clip differ. Memory does not grow with the recording: each tile's span is prepared once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import cast

import av
import cv2
import numpy as np

from inference.vision.types import Hook, ImageArray, silent_hook
from inference.vision.video import FrameReader, Sampling

GAP_PX = 4
OFF_GRAY = 34
KEYFRAME_EVERY_S = 4
ENCODER_OPTIONS = {"preset": "superfast", "crf": "26"}


@dataclass(frozen=True, slots=True)
class Tile:
    """One participant.

    ``span_s`` is the stretch of the clip that is played; ``offset_s`` where in it the recording starts. ``window`` is
    the part of the picture (left, top, right, bottom in 0..1). ``tint_bgr`` multiplies the channels after ``gamma``.
    During ``away_s`` (start, end) the camera is off.
    """

    clip: Path
    name: str
    span_s: tuple[float, float] = (0.0, 8.0)
    offset_s: float = 0.0
    window: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    is_mirrored: bool = False
    gamma: float = 1.0
    tint_bgr: tuple[float, float, float] = (1.0, 1.0, 1.0)
    away_s: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """From ``from_s`` on the tiles ``order`` (indices) are shown in reading order."""

    from_s: float
    order: tuple[int, ...]


def compose(
    path: Path | str,
    tiles: Sequence[Tile],
    *,
    duration_s: float,
    size: tuple[int, int] = (1280, 720),
    fps: int = 15,
    layouts: Sequence[Layout] = (),
    hook: Hook = silent_hook,
) -> None:
    """Write the gallery as H.264 in MP4; ``size`` is (width, height). The last layout that began is shown."""
    layouts = layouts or [Layout(0.0, tuple(range(len(tiles))))]
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=fps, options=dict(ENCODER_OPTIONS))
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.gop_size = fps * KEYFRAME_EVERY_S
        stream.codec_context.time_base = Fraction(1, fps)
        for number, canvas in enumerate(_pictures(tiles, layouts, duration_s, size, fps)):
            picture = av.VideoFrame.from_ndarray(canvas, format="yuv420p")
            picture.pts, picture.time_base = number, Fraction(1, fps)
            container.mux(stream.encode(picture))
            hook("compose", (number + 1) / fps, duration_s)
        container.mux(stream.encode(None))


def demo_tiles(clips_dir: Path | str) -> list[Tile]:
    """Return nine participants made of the clips of two people; two of them leave for a while."""
    woman, man = Path(clips_dir) / "WolfgangLanger_Pexels.mp4", Path(clips_dir) / "single_face.mp4"
    whole, near, nearer = (0.0, 0.0, 1.0, 1.0), (0.12, 0.0, 1.0, 0.92), (0.2, 0.02, 1.0, 0.86)
    warm, cold, green, dim = (0.8, 0.95, 1.0), (1.0, 0.88, 0.75), (0.9, 1.0, 0.85), (0.8, 0.8, 0.8)
    return [
        Tile(woman, "Ada Brook", (0.0, 5.5), 0.0, near, gamma=0.8),
        Tile(man, "Ben Castle", (0.0, 2.3), 0.4, whole),
        Tile(woman, "Cleo Dune", (6.0, 12.0), 1.0, whole, gamma=0.7, tint_bgr=warm, is_mirrored=True),
        Tile(man, "Dan Ember", (0.0, 2.0), 0.9, near, gamma=1.3, tint_bgr=cold, is_mirrored=True),
        Tile(woman, "Eve Field", (5.5, 9.0), 2.0, nearer, gamma=0.6, tint_bgr=cold),
        Tile(man, "Finn Grove", (0.3, 2.3), 0.0, nearer, gamma=0.8, tint_bgr=warm, away_s=((70.0, 105.0),)),
        Tile(woman, "Gia Hollow", (14.0, 19.5), 0.5, near, gamma=0.9, tint_bgr=green, is_mirrored=True),
        Tile(woman, "Hana Isle", (1.0, 4.0), 1.5, whole, gamma=0.55, is_mirrored=True, away_s=((120.0, 150.0),)),
        Tile(man, "Ivo Jade", (0.0, 1.2), 0.2, near, gamma=0.65, tint_bgr=dim, is_mirrored=True),
    ]


def many_tiles(clips_dir: Path | str, count: int) -> list[Tile]:
    """Return ``count`` participants: the demo's, varied in light, cut and phase."""
    base = demo_tiles(clips_dir)
    return [_varied(base[number % len(base)], number) for number in range(count)]


def grid(count: int) -> tuple[int, int]:
    """Return columns and rows of a gallery of ``count`` tiles."""
    columns = math.ceil(math.sqrt(count))
    return columns, math.ceil(count / columns)


def _varied(tile: Tile, number: int) -> Tile:
    turn = number // 9
    blue, green, red = tile.tint_bgr
    tint = (blue * (1 - 0.06 * (turn % 3)), green, red * (1 - 0.08 * ((turn + number) % 3)))
    name = f"{tile.name.split()[0]} {chr(ord('A') + turn)}."
    return Tile(
        tile.clip, name, tile.span_s, tile.offset_s + 0.7 * turn, tile.window,
        is_mirrored=tile.is_mirrored ^ bool(turn % 2), gamma=tile.gamma * (1 + 0.12 * (turn % 4)), tint_bgr=tint,
    )  # fmt: skip


def _pictures(
    tiles: Sequence[Tile], layouts: Sequence[Layout], duration_s: float, size: tuple[int, int], fps: int
) -> Iterator[ImageArray]:
    for number in range(round(duration_s * fps)):
        now_s = number / fps
        layout = [layout for layout in layouts if layout.from_s <= now_s + 1e-9][-1]
        yield _picture([tiles[index] for index in layout.order], now_s, size, fps)


def _picture(shown: Sequence[Tile], now_s: float, size: tuple[int, int], fps: int) -> ImageArray:
    """Return one frame as planar YUV 4:2:0 (3 h / 2, w)."""
    width, height = size
    columns, rows = grid(len(shown))
    tile_size = (width // columns - GAP_PX) // 4 * 4, (height // rows - GAP_PX) // 4 * 4
    canvas = np.full((height * 3 // 2, width), 128, np.uint8)
    canvas[:height] = 16
    for place, tile in enumerate(shown):
        left = place % columns * (width // columns) // 4 * 4
        top = place // columns * (height // rows) // 4 * 4
        _paste(canvas, _tile_at(tile, now_s, tile_size, fps), left, top, height)
    return canvas


def _paste(canvas: ImageArray, tile: ImageArray, left: int, top: int, height: int) -> None:
    """Copy a planar tile (3 h / 2, w) to (left, top): the luma plane, then both chroma planes."""
    tall, wide = tile.shape[0] * 2 // 3, tile.shape[1]
    canvas[top : top + tall, left : left + wide] = tile[:tall]
    chroma = canvas[height:].reshape(2, height // 2, canvas.shape[1] // 2)
    chroma[:, top // 2 : (top + tall) // 2, left // 2 : (left + wide) // 2] = tile[tall:].reshape(
        2, tall // 2, wide // 2
    )


def _tile_at(tile: Tile, now_s: float, size: tuple[int, int], fps: int) -> ImageArray:
    if any(start_s <= now_s < end_s for start_s, end_s in tile.away_s):
        return _camera_off(tile.name, size)
    frames = _prepared(tile, size, fps)
    position = round((now_s + tile.offset_s) * fps) % max(2 * len(frames) - 2, 1)
    return frames[min(position, 2 * len(frames) - 2 - position)]


@lru_cache(maxsize=128)
def _prepared(tile: Tile, size: tuple[int, int], fps: int) -> list[ImageArray]:
    """Return the tile's span, cut, re-lit and labelled, as planar pictures of ``size``."""
    return [_planar(_label(_dressed(picture, tile, size), tile.name)) for picture in _clip(tile.clip, tile.span_s, fps)]


def _clip(path: Path, span_s: tuple[float, float], fps: int) -> Iterator[ImageArray]:
    for frame in FrameReader(path, Sampling(fps, part_s=3600.0), span_s[0]):
        if frame.timestamp_s > span_s[1]:
            return
        yield frame.image_bgr


def _dressed(image_bgr: ImageArray, tile: Tile, size: tuple[int, int]) -> ImageArray:
    image = _cut(image_bgr, tile.window, size[0] / size[1])
    image = image[:, ::-1] if tile.is_mirrored else image
    shrunk = cv2.resize(np.ascontiguousarray(image), size, interpolation=cv2.INTER_AREA)
    levels = 255 * (np.arange(256) / 255)[:, None] ** tile.gamma * np.array(tile.tint_bgr)
    return cast("ImageArray", cv2.LUT(shrunk, np.clip(levels, 0, 255).astype(np.uint8)[None]))


def _cut(image_bgr: ImageArray, window: tuple[float, float, float, float], aspect: float) -> ImageArray:
    """Return the window, made narrower or lower about its centre so that it has the tile's ``aspect``."""
    height, width = image_bgr.shape[:2]
    left, top, right, bottom = window[0] * width, window[1] * height, window[2] * width, window[3] * height
    wide, tall = min(right - left, (bottom - top) * aspect), min(bottom - top, (right - left) / aspect)
    x, y = int((left + right - wide) / 2), int((top + bottom - tall) / 2)
    return image_bgr[y : y + int(tall), x : x + int(wide)]


def _label(image_bgr: ImageArray, name: str) -> ImageArray:
    scale = image_bgr.shape[0] / 480
    (wide, tall), base = cv2.getTextSize(name, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    bottom = image_bgr.shape[0]
    labelled = np.ascontiguousarray(image_bgr)
    cv2.rectangle(labelled, (0, bottom - tall - 2 * base), (wide + 2 * base, bottom), (30, 30, 30), cv2.FILLED)
    cv2.putText(labelled, name, (base, bottom - base), cv2.FONT_HERSHEY_SIMPLEX, scale, (240, 240, 240), 1, cv2.LINE_AA)
    return labelled


@lru_cache(maxsize=128)
def _camera_off(name: str, size: tuple[int, int]) -> ImageArray:
    return _planar(_label(np.full((size[1], size[0], 3), OFF_GRAY, np.uint8), name))


def _planar(image_bgr: ImageArray) -> ImageArray:
    return cast("ImageArray", cv2.cvtColor(image_bgr, cv2.COLOR_BGR2YUV_I420))
