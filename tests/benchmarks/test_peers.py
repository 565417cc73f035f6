"""What the comparison with other programs counts, without the programs."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.galleries.truth import Face, GalleryFrame
from benchmarks.peers.__main__ import faces_of, ratios_of
from benchmarks.peers.child import sampled
from benchmarks.peers.install import known
from benchmarks.peers.material import tiles
from benchmarks.peers.programs import Answer, Program, ask, programs
from tests import media


def answer(wall_s: float, stills: list[list[list[float]]] | None = None) -> Answer:
    return Answer(wall_s, 2 * wall_s, 250, stills or [])


def test_the_ratio_is_the_median_of_rounds_and_not_of_times() -> None:
    rounds = [(answer(1), answer(10)), (answer(2), answer(12)), (answer(1), answer(30))]
    figures = ratios_of("other", rounds, seconds=10)
    assert figures["peer.other.ratio"] == (10.0, "x")
    assert figures["peer.other.x_realtime"] == (0.83, "x")
    assert figures["peer.other.faces_of_25"] == (25.0, "faces")


def test_recall_is_of_all_faces_and_a_box_beside_them_is_false() -> None:
    large, small = np.array([0, 0, 40, 60], np.float32), np.array([100, 0, 120, 30], np.float32)
    faces = tuple(Face(box, "Ada", tile, "plain") for tile, box in enumerate((large, small)))
    frame = GalleryFrame(np.zeros((200, 200, 3), np.uint8), faces)
    figures = faces_of("other", [frame], answer(1, [[[1, 1, 40, 58], [150, 150, 180, 190]]]))
    assert figures["peer.other.recall"] == (0.5, "share")
    assert (figures["peer.other.recall_40px"][0], figures["peer.other.recall_20px"][0]) == (1.0, 0.0)
    assert figures["peer.other.false_per_frame"] == (1.0, "faces")


def test_tiles_lie_beside_each_other_inside_the_frame() -> None:
    rects = list(tiles(5, 5))
    assert (len(rects), rects[0], rects[-1][:2]) == (25, (0, 0, 252, 140), (1024, 576))


def test_a_recording_is_sampled_once_a_second(tmp_path: Path) -> None:
    path = media.write_video(tmp_path / "clip.mp4", count=35, fps=10.0)
    assert len(list(sampled(path, 1.0))) == 4
    assert cv2.VideoCapture(str(path)).get(cv2.CAP_PROP_FPS) == pytest.approx(10)


def test_a_program_that_is_not_installed_says_how_to_install_it(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="is not installed"):
        ask(Program("opencv", "nowhere"), tmp_path, stills=0)


def test_every_environment_has_its_pins(tmp_path: Path) -> None:
    assert {program.environment for program in programs(tmp_path).values()} - {""} == set(known())
