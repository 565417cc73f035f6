from __future__ import annotations

import numpy as np
import pytest

from inference.vision.features.sift import Codebook, codebook, descriptors


def face(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (48, 48)).astype(np.uint8)


def slow_histogram(found: np.ndarray, words: np.ndarray) -> list[float]:
    counts = [0] * len(words)
    for one in found:
        distances = [float(((one - word) ** 2).sum()) for word in words]
        counts[distances.index(min(distances))] += 1
    return [count / len(found) for count in counts]


def test_descriptors_have_128_values() -> None:
    assert descriptors(face()).shape[1] == 128


def test_every_face_has_the_same_number_of_dense_descriptors() -> None:
    assert len(descriptors(face(1), is_dense=True)) == len(descriptors(np.zeros((60, 60), np.uint8), is_dense=True))


def test_a_flat_face_has_no_keypoints_and_an_empty_bag() -> None:
    found = descriptors(np.full((48, 48), 128, np.uint8))
    assert found.shape == (0, 128)
    assert not Codebook(np.ones((5, 128), np.float32)).histograms([found]).any()


def test_bag_of_words_matches_the_plain_loop() -> None:
    found = descriptors(face())
    book = codebook([descriptors(face(seed)) for seed in range(1, 4)], words=8)
    assert book.histograms([found])[0].tolist() == pytest.approx(slow_histogram(found, book.words))


def test_shares_of_the_words_sum_to_one() -> None:
    book = codebook([descriptors(face())], words=6)
    assert float(book.histograms([descriptors(face(2))]).sum()) == pytest.approx(1)


def test_the_codebook_knows_only_the_faces_it_was_given() -> None:
    training = [descriptors(face(seed)) for seed in range(3)]
    first, second = (codebook(training, words=8, seed=3).words for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_too_few_descriptors_are_refused() -> None:
    with pytest.raises(ValueError, match="more faces or fewer words"):
        codebook([np.zeros((3, 128), np.float32)], words=8)
