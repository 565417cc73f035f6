"""Composed galleries: as long as asked for, every tile in its place, browsers play them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference.vision.gallery import Layout, Tile, compose, demo_tiles, grid, many_tiles
from inference.vision.media import is_browser_playable, probe
from inference.vision.types import ImageArray
from inference.vision.video import FrameReader, Sampling
from tests import media

RED, BLUE = (0, 0, 255), (255, 0, 0)


def plain(path: Path, colour: tuple[int, int, int]) -> Path:
    def frame(number: int, size: tuple[int, int]) -> ImageArray:
        return np.full((size[1], size[0], 3), colour, np.uint8)

    return media.write_video(path, frame=frame, count=20)


def pictures(path: Path) -> list[ImageArray]:
    return [frame.image_bgr for frame in FrameReader(path, Sampling(1.0, 60.0))]


def test_the_demo_is_nine_people_that_every_browser_plays(tmp_path: Path, clips: Path) -> None:
    tiles = demo_tiles(clips)
    compose(tmp_path / "demo.mp4", tiles, duration_s=2.0, fps=5)
    info = probe(tmp_path / "demo.mp4")
    assert len({tile.name for tile in tiles}) == len(set(tiles)) == 9
    assert (info.width, info.height) == (1280, 720)
    assert info.duration_s == pytest.approx(2.0, abs=0.05)
    assert is_browser_playable(info)


def test_layouts_and_absence_are_followed(tmp_path: Path) -> None:
    red, blue = plain(tmp_path / "red.mp4", RED), plain(tmp_path / "blue.mp4", BLUE)
    tiles = [Tile(red, "Red", (0.0, 1.5)), Tile(blue, "Blue", (0.0, 1.5), away_s=((3.0, 4.0),))]
    path = tmp_path / "two.mp4"
    layouts = [Layout(0.0, (0, 1)), Layout(2.0, (1, 0))]
    compose(path, tiles, duration_s=5.0, size=(640, 180), fps=5, layouts=layouts)
    left = [image[60, 160] for image in pictures(path)]
    assert [int(np.argmax(colour)) for colour in (left[0], left[2], left[4])] == [2, 0, 0]
    assert left[3].max() < 60


def test_tiles_play_forth_and_back_without_a_jump(tmp_path: Path) -> None:
    def ramp(number: int, size: tuple[int, int]) -> ImageArray:
        return np.full((size[1], size[0], 3), 40 + 8 * number, np.uint8)

    source = media.write_video(tmp_path / "ramp.mp4", frame=ramp, count=21)
    compose(tmp_path / "out.mp4", [Tile(source, "", (0.0, 2.0))], duration_s=8.0, size=(320, 240), fps=10)
    frames = FrameReader(tmp_path / "out.mp4", Sampling(10.0, 60.0))
    levels = np.array([int(frame.image_bgr[100, 100, 0]) for frame in frames])
    assert np.abs(np.diff(levels)).max() <= 14
    assert levels.min() < 60 and levels.max() > 180


def test_many_tiles_differ(clips: Path) -> None:
    tiles = many_tiles(clips, 49)
    assert len(set(tiles)) == len({tile.name for tile in tiles}) == 49


@pytest.mark.parametrize(("count", "expected"), [(1, (1, 1)), (2, (2, 1)), (9, (3, 3)), (25, (5, 5)), (12, (4, 3))])
def test_the_grid_is_as_square_as_it_can_be(count: int, expected: tuple[int, int]) -> None:
    assert grid(count) == expected
