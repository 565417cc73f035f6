"""Embeddings of faces: unit vectors, aligned as the card says, the same however large the face is."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from inference.vision.sights import FirstSight, first_sight_from_json
from inference.vision.stages.embed import FaceEmbedder, load_embedder
from inference.vision.types import FloatArray, ImageArray

POINTS = np.array([[60, 70], [100, 70], [80, 92], [65, 115], [95, 115]], np.float32)


def drawn_face(seed: int, scale: float = 1.0) -> tuple[ImageArray, FloatArray]:
    """Return a smooth picture and five landmarks in it, at ``scale``."""
    coarse = np.random.default_rng(seed).integers(0, 256, (8, 8, 3)).astype(np.uint8)
    side = round(160 * scale)
    image = cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)
    return np.asarray(image, np.uint8), POINTS * np.float32(scale)


@pytest.fixture(scope="module")
def embed() -> FaceEmbedder:
    return load_embedder("cpu")


@pytest.mark.weights
def test_embeddings_are_unit_vectors_of_the_cards_length(embed: FaceEmbedder) -> None:
    vectors = embed([drawn_face(seed) for seed in range(6)])
    assert vectors.shape == (6, 128)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert embed([]).shape == (0, 128)


@pytest.mark.weights
def test_a_face_alone_has_the_embedding_that_it_has_among_others(embed: FaceEmbedder) -> None:
    faces = [drawn_face(seed) for seed in range(5)]
    np.testing.assert_array_equal(embed(faces)[3], embed(faces[3:4])[0])


@pytest.mark.weights
def test_a_mirrored_face_has_the_same_embedding(embed: FaceEmbedder) -> None:
    image, points = drawn_face(1)
    mirrored = points[[1, 0, 2, 4, 3]] * np.array([-1, 1], np.float32) + np.array([159, 0], np.float32)
    first, second = embed([(image, points), (np.ascontiguousarray(image[:, ::-1]), mirrored)])
    assert float(first @ second) > 0.97


@pytest.mark.weights
def test_size_and_place_in_the_frame_change_little(embed: FaceEmbedder) -> None:
    image, points = drawn_face(2)
    large, large_points = drawn_face(2, 3.0)
    padded = np.zeros((400, 520, 3), np.uint8)
    padded[200:360, 300:460] = image
    moved = points + np.array([300, 200], np.float32)
    first, second, third = embed([(image, points), (large, large_points), (padded, moved)])
    assert float(first @ second) > 0.97
    assert float(first @ third) > 0.999


def test_a_first_sight_survives_json_to_the_last_bit() -> None:
    random = np.random.default_rng(0)
    looks = random.integers(0, 256, (2, 16, 16, 3)).astype(np.uint8)
    for vector in (None, random.normal(size=128).astype(np.float32)):
        sight = FirstSight(7, 12.25, random.normal(size=4).astype(np.float32), looks, vector)
        again = first_sight_from_json(json.loads(json.dumps(sight.to_json())))
        assert (again.number, again.timestamp_s) == (7, 12.25)
        np.testing.assert_array_equal(again.box, sight.box)
        np.testing.assert_array_equal(again.looks, looks)
        np.testing.assert_array_equal(again.embedding, vector)
