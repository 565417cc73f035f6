from __future__ import annotations

import numpy as np
import pytest

from benchmarks.blinking.acting import act_of, lid_share
from benchmarks.blinking.figures import added, counts_of, matched, n_false
from benchmarks.blinking.gallery import TILE, tile_of
from benchmarks.blinking.lids import LOWER_LIDS, UPPER_LIDS, with_closed_eyes
from benchmarks.blinking.yawning import mouth_of
from inference.vision.fatigue.closures import Closures
from inference.vision.types import FloatArray
from tests.inference.vision.fatigue.drawn import person

KNOWN_S = np.array([[1.0, 1.2], [5.0, 5.2], [9.0, 10.0]])


def mesh() -> FloatArray:
    """Return a mesh with two open eyes and brows over them, 90 px wide."""
    points = np.zeros((468, 3), np.float32)
    for side, (upper, lower) in enumerate(zip(UPPER_LIDS, LOWER_LIDS, strict=True)):
        across = np.linspace(20, 40, len(upper)) + 30 * side
        arch = np.sin(np.linspace(0, np.pi, len(upper)))
        points[list(upper), :2] = np.stack([across, 50 - 3 * arch], axis=1)
        points[list(lower), :2] = np.stack([across, 50 + 3 * arch], axis=1)
        brow = ((70, 63, 105, 66, 107), (336, 296, 334, 293, 300))[side]
        points[list(brow), :2] = np.stack([np.linspace(20, 40, 5) + 30 * side, np.full(5, 38.0)], axis=1)
    return points


def test_a_lid_covers_the_eye_and_leaves_the_rest_of_the_face() -> None:
    portrait = np.full((90, 90, 3), 180, np.uint8)
    portrait[48:53, 24:37] = portrait[48:53, 54:67] = 30
    open_eyes, closed = with_closed_eyes(portrait, mesh(), [0.0, 1.0])
    assert open_eyes.shape == (270, 270, 3)
    assert open_eyes[150, 90].max() < 60
    assert closed[147, 90].min() > 140
    np.testing.assert_array_equal(closed[180:], open_eyes[180:])


def test_lids_are_half_down_at_both_ends_of_a_closure() -> None:
    closures_s = np.array([[2.0, 2.3]])
    shares = [float(lid_share(now_s, closures_s)[0]) for now_s in (1.5, 2.0, 2.15, 2.3, 3.0)]
    assert shares == pytest.approx([0, 0.5, 1, 0.5, 0])


def test_what_a_person_does_depends_on_the_seed_alone() -> None:
    act, again, other = act_of(3, 60.0), act_of(3, 60.0), act_of(4, 60.0)
    np.testing.assert_array_equal(act.closures_s, again.closures_s)
    assert len(act.closures_s) != len(other.closures_s) or (act.closures_s != other.closures_s).any()
    assert (act.closures_s[1:, 0] > act.closures_s[:-1, 1]).all()
    assert act.is_long.any()


def test_each_known_closure_is_found_by_at_most_one() -> None:
    hits, errors_s = matched(KNOWN_S, Closures(np.array([1.05, 9.2]), np.array([1.15, 9.4])))
    np.testing.assert_array_equal(hits, [True, False, True])
    np.testing.assert_allclose(errors_s, [-0.1, -0.8])


def test_only_what_is_near_no_closure_is_false() -> None:
    assert n_false(Closures(np.array([1.3, 7.0]), np.array([1.4, 7.2])), KNOWN_S) == 1
    assert n_false(Closures(np.empty(0), np.empty(0)), KNOWN_S) == 0


def test_a_perfect_reading_is_perfect() -> None:
    act = act_of(0, 60.0)
    counts = added([counts_of(person(duration_s=60, trace_fps=25, closed_s=act.closures_s.tolist()), act)] * 2)
    assert counts.n_found == counts.n_blinks > 10
    assert counts.n_long_found == counts.n_long > 0
    assert counts.n_false == counts.n_long_false == 0
    assert np.abs(counts.perclos_errors).max() < 0.02


def test_tiles_are_numbered_row_by_row() -> None:
    assert [tile_of(x, y) for x, y in ((0, 0), (TILE[0] + 1, 5), (5, TILE[1] + 1), (9999, 9999))] == [0, 1, 5, 24]


def test_a_drawn_mouth_is_widest_in_its_yawns() -> None:
    times_s, mar, yawns = mouth_of(1)
    middles = yawns.mean(axis=1)
    assert (np.interp(middles, times_s, mar) > 0.35).all()
