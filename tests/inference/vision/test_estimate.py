"""The expression estimator and the quality gate."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import cv2
import numpy as np
import pytest

from inference.vision.families.drsn.decode import to_input, to_probabilities
from inference.vision.stages.estimate import ExpressionEstimator, load_estimator
from inference.vision.stages.quality import face_quality, sharpness_quality, size_quality
from inference.vision.types import ImageArray
from inference.vision.video import FrameReader, Sampling

WHOLE = np.array([210, 66, 376, 298], np.float32)


@pytest.fixture(scope="module")
def estimator() -> ExpressionEstimator:
    return load_estimator("cpu")


def test_softmax_is_stable_and_sums_to_one() -> None:
    found = to_probabilities(np.array([[1000.0, 0.0], [-3.0, -3.0]], np.float32), temperature=1.0)
    np.testing.assert_allclose(found, [[1.0, 0.0], [0.5, 0.5]])


@pytest.mark.weights
def test_the_engine_gives_what_the_card_s_network_gives(estimator: ExpressionEstimator) -> None:
    import torch

    from inference.vision.families import load_network

    network, card = load_network("drsn")
    rng = np.random.default_rng(0)
    crops = [rng.integers(0, 255, card.input_size).astype(np.uint8) for _ in range(5)]
    with torch.inference_mode():
        logits = network(torch.from_numpy(to_input(np.stack(crops), card))).numpy()
    np.testing.assert_allclose(estimator(crops), to_probabilities(logits, temperature=card.temperature), atol=0.06)


@pytest.mark.weights
def test_no_faces_give_no_probabilities(estimator: ExpressionEstimator) -> None:
    assert estimator([]).shape == (0, len(estimator.card.labels))


def test_small_faces_and_blurred_faces_are_of_low_quality(clips: Path) -> None:
    image = next(iter(FrameReader(clips / "single_face.mp4", Sampling(1.0, 60.0)))).image_bgr
    blurred = cast("ImageArray", cv2.GaussianBlur(image, (0, 0), 12))
    assert size_quality(np.array([0, 0, 14, 20], np.float32)) == 0.0
    assert size_quality(WHOLE) == 1.0
    assert sharpness_quality(image, WHOLE) > 0.9 > 0.7 > sharpness_quality(blurred, WHOLE)
    assert face_quality(image, WHOLE, presence=0.0) == 0.0


def test_a_box_outside_the_frame_has_no_quality() -> None:
    image = np.full((100, 100, 3), 90, np.uint8)
    assert face_quality(image, np.array([200, 200, 260, 280], np.float32), presence=1.0) == 0.0
