from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from inference.vision.families.facenet.network import FaceNet
from inference.vision.training import lfw_protocol
from inference.vision.training.face_photos import Photos
from inference.vision.training.lfw_pairs import parse_pairs
from inference.vision.training.protocols import TEST
from inference.vision.training.recipe import load_recipe
from tests.inference.vision.training.test_embedding import samples

PAIRS = parse_pairs("1\t2\nAnn\t1\t2\nBob\t1\t2\nAnn\t1\tBob\t1\nAnn\t2\tBob\t2\n")


def photos(wanted: set[str]) -> Photos:
    names = np.array(sorted(wanted))
    points = np.repeat(load_recipe("facenet", "default").input.template_px[None], len(names), axis=0)
    random = np.random.default_rng(0)
    images = [random.integers(0, 255, (64, 64, 3)).astype(np.uint8) for _ in names]
    return Photos("lfw", images, points, np.array([name.split("/")[0] for name in names]), names)


def test_score_of_a_pair_is_the_cosine_of_its_two_photos(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(lfw_protocol, "lfw_photos", lambda wanted, *_: photos(wanted))
    vectors = {"Ann/Ann_0001.jpg": (1, 0), "Ann/Ann_0002.jpg": (0.6, 0.8), "Bob/Bob_0001.jpg": (0, 1)}
    vectors["Bob/Bob_0002.jpg"] = (0, -1)
    asked: list[int] = []

    def embed(shown: Photos) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        asked.append(len(shown.images))
        return np.array([vectors[str(name)] for name in shown.names], np.float32)

    scores = lfw_protocol.pair_scores(embed, PAIRS, tmp_path, tmp_path)
    assert scores.tolist() == pytest.approx([0.6, -1, 0, -0.8])
    assert asked == [4]


def test_network_embeds_a_face_and_its_mirror_alike() -> None:
    recipe = load_recipe("facenet", "default")
    network = FaceNet(**dict(recipe.network) | {"width": 0.125}).eval()
    shown = photos(set(PAIRS.left) | set(PAIRS.right))
    embed = lfw_protocol.network_embedder(network, recipe)
    embeddings = embed(shown)
    assert embeddings.shape == (4, 128)
    assert np.allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-5)
    pixels = torch.rand(2, 3, 48, 48)
    with torch.inference_mode():
        torch.testing.assert_close(network(pixels).norm(dim=1), torch.ones(2))


def test_photos_of_view_2_become_the_test_and_the_rest_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(lfw_protocol, "lfw_photos", lambda wanted, *_: photos(wanted))
    monkeypatch.setattr(lfw_protocol, "read_pairs", lambda data, name: PAIRS)
    recipe, faces = load_recipe("facenet", "default"), samples()
    shown = replace(recipe, input=replace(recipe.input, size_px=faces.images.shape[1], margin_px=0))
    both = lfw_protocol.with_view_2(faces, shown, tmp_path, tmp_path)
    assert both.people[both.splits == TEST].tolist() == ["Ann", "Ann", "Bob", "Bob"]
    assert both.labels.shape == (len(faces.labels) + 4, faces.labels.shape[1])
    assert np.array_equal(both.images[: len(faces.images)], faces.images)
