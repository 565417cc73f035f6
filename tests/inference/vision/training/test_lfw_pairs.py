from __future__ import annotations

import numpy as np
import pytest

from inference.vision.training.lfw_pairs import VIEW_2, parse_pairs, read_pairs
from tests.conftest import SHARED

TWO_FOLDS = """2\t1
Ann_A\t1\t3
Ann_A\t2\tBob_B\t10
Cy_C\t1\t2
Cy_C\t2\tDi_D\t1
"""


def test_pairs_are_named_photos_with_their_fold() -> None:
    pairs = parse_pairs(TWO_FOLDS)
    assert pairs.left[0] == "Ann_A/Ann_A_0001.jpg"
    assert pairs.right == ("Ann_A/Ann_A_0003.jpg", "Bob_B/Bob_B_0010.jpg", "Cy_C/Cy_C_0002.jpg", "Di_D/Di_D_0001.jpg")
    assert pairs.is_same.tolist() == [True, False, True, False]
    assert pairs.folds.tolist() == [0, 0, 1, 1]
    assert pairs.people == {"Ann_A", "Bob_B", "Cy_C", "Di_D"}


def test_view_1_has_one_fold() -> None:
    assert parse_pairs("1\nAnn\t1\t2\nAnn\t1\tBob\t1\n").folds.tolist() == [0, 0]


def test_broken_off_file_is_refused() -> None:
    with pytest.raises(ValueError, match="promises 4"):
        parse_pairs(TWO_FOLDS.rsplit("\n", 2)[0])


def test_line_that_is_no_pair_is_refused() -> None:
    with pytest.raises(ValueError, match="no pair"):
        parse_pairs("1\nAnn\t1\nAnn\t1\tBob\t1\n")


@pytest.mark.shared
def test_view_2_has_ten_folds_of_300_pairs_of_either_kind() -> None:
    pairs = read_pairs(SHARED / "data", VIEW_2)
    assert np.bincount(pairs.folds).tolist() == [600] * 10
    assert np.bincount(pairs.folds[pairs.is_same]).tolist() == [300] * 10
    assert len(pairs.people) == 4281
