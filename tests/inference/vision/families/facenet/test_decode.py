from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.vision.families.facenet.decode import match, threshold_of, to_input
from inference.vision.training.verification import threshold_at_far, unit
from inference.vision.types import FloatArray
from inference.vision.weights import WeightCard, WeightsError

CARD = WeightCard(
    name="facenet", family="facenet", path=Path("none"), sha256="", labels=(), mean=0.5, std=0.25, input_size=(4, 4),
    template=(), licence="", paper="", engine_precision="f32", test={"threshold": 0.4},
)  # fmt: skip


def people(count: int, seed: int) -> FloatArray:
    return unit(np.random.default_rng(seed).normal(size=(count, 16)).astype(np.float32))


def test_input_is_rgb_scaled_as_the_card_says() -> None:
    blue = np.zeros((1, 4, 4, 3), np.uint8)
    blue[..., 0] = 255
    given_to_network = to_input(blue, CARD)
    assert given_to_network.shape == (1, 3, 4, 4)
    assert given_to_network[0, :, 0, 0].tolist() == [-2, -2, 2]


def test_gray_face_is_three_equal_channels() -> None:
    gray = np.full((1, 4, 4), 255, np.uint8)
    assert np.array_equal(to_input(gray, CARD), np.full((1, 3, 4, 4), 2, np.float32))


def test_face_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="takes"):
        to_input(np.zeros((1, 5, 4, 3), np.uint8), CARD)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.floats(-1, 1))
def test_match_equals_a_loop_over_the_gallery(seed: int, threshold: float) -> None:
    gallery, probe = people(6, seed), people(1, seed + 1)[0]
    scores = [sum(float(a) * float(b) for a, b in zip(row, probe, strict=True)) for row in gallery]
    best = max(range(6), key=lambda row: scores[row])
    expected = best if scores[best] >= threshold else None
    assert match(probe, gallery, threshold) == expected or abs(scores[best] - threshold) < 1e-5


def test_empty_gallery_knows_nobody() -> None:
    assert match(people(1, 0)[0], np.zeros((0, 16), np.float32), -1.0) is None


def test_stranger_is_unknown_at_the_far_set_on_validation_people() -> None:
    validation, gallery, strangers = people(200, 1), people(1, 2), people(2000, 3)
    cosines = (validation @ validation.T)[np.triu_indices(200, 1)]
    threshold = threshold_at_far(cosines, 0.01)
    accepted = [match(stranger, gallery, threshold) for stranger in strangers]
    assert sum(row is not None for row in accepted) / len(strangers) <= 0.02
    assert match(gallery[0], gallery, threshold) == 0


def test_threshold_comes_from_the_card_and_its_absence_is_told() -> None:
    assert threshold_of(CARD) == 0.4
    with pytest.raises(WeightsError, match="--publish"):
        threshold_of(replace(CARD, test={}))
