"""Tiles of every view lie in the frame and apart; who is not present has none."""

from __future__ import annotations

from itertools import combinations

import pytest

from benchmarks.galleries.motion import pose_at
from benchmarks.galleries.views import SIZE, STAGE, Rect, View, ViewKind, arranged


def is_apart(a: Rect, b: Rect) -> bool:
    return a[0] + a[2] <= b[0] or b[0] + b[2] <= a[0] or a[1] + a[3] <= b[1] or b[1] + b[3] <= a[1]


@pytest.mark.parametrize("kind", ["gallery", "speaker", "share"])
@pytest.mark.parametrize("count", [0, 1, 5, 13, 25])
def test_tiles_lie_in_the_frame_and_apart(kind: ViewKind, count: int) -> None:
    shown = arranged(View(0.0, tuple(range(count)), kind), range(count))
    assert all(x >= 0 and y >= 0 and x + w <= SIZE[0] and y + h <= SIZE[1] for x, y, w, h in shown.values())
    assert all(is_apart(a, b) for a, b in combinations(shown.values(), 2))
    if kind == "share":
        assert all(is_apart(STAGE, tile) for tile in shown.values())


def test_a_gallery_shows_all_who_are_present_in_their_order() -> None:
    shown = arranged(View(0.0, (3, 0, 2, 1)), [0, 2, 3])
    assert list(shown) == [3, 0, 2]
    assert shown[3][:2] == (0, 0)


def test_a_speaker_has_the_stage_and_nobody_is_shown_twice() -> None:
    shown = arranged(View(0.0, tuple(range(9)), "speaker"), range(1, 9))
    assert shown[1] == STAGE
    assert len(shown) == 6


def test_people_move_slowly_and_not_alike() -> None:
    steps = [abs(pose_at(2, now_s + 1).turn_deg - pose_at(2, now_s).turn_deg) for now_s in range(60)]
    assert 0 < max(steps) < 3
    assert pose_at(1, 5.0) != pose_at(2, 5.0)
    assert pose_at(1, 5.0) == pose_at(1, 5.0)
