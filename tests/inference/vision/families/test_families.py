"""One sweep over every family: shapes, determinism, batch equals single, save and load, shipped weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from inference.vision.families import NETWORKS, load_network, network_class
from inference.vision.families.drsn.decode import to_input, to_probabilities
from inference.vision.weights import WeightsError, card_path, file_sha256, load_card, verify

FAMILIES = sorted(NETWORKS)


def faces(count: int) -> torch.Tensor:
    return torch.randn(count, 1, 48, 48, generator=torch.Generator().manual_seed(1))


@pytest.fixture(params=FAMILIES)
def network(request: pytest.FixtureRequest) -> Any:
    torch.manual_seed(0)
    built: torch.nn.Module = network_class(request.param)()
    return built.eval()


@torch.inference_mode()
def test_features_and_head_make_the_forward_pass(network: Any) -> None:
    features = network.forward_features(faces(3))
    assert features.shape == (3, 512)
    torch.testing.assert_close(network.forward_head(features), network(faces(3)))


@torch.inference_mode()
def test_two_passes_give_the_same(network: Any) -> None:
    assert torch.equal(network(faces(2)), network(faces(2)))


@torch.inference_mode()
def test_a_batch_equals_its_faces_one_by_one(network: Any) -> None:
    single = torch.cat([network(face[None]) for face in faces(3)])
    torch.testing.assert_close(network(faces(3)), single, rtol=1e-4, atol=1e-5)


@torch.inference_mode()
def test_saved_and_loaded_network_answers_the_same(network: Any, tmp_path: Path) -> None:
    save_file(network.state_dict(), tmp_path / "w.safetensors")
    other = type(network)().eval()
    other.load_state_dict(load_file(tmp_path / "w.safetensors"))
    assert torch.equal(other(faces(2)), network(faces(2)))


def test_unknown_family_is_refused() -> None:
    with pytest.raises(WeightsError, match="No family"):
        network_class("vgg")


@pytest.mark.weights
@pytest.mark.parametrize("name", FAMILIES)
def test_shipped_weights_load_in_float32_for_evaluation(name: str) -> None:
    network, card = load_network(name)
    assert not network.training
    assert {value.dtype for value in network.parameters()} == {torch.float32}
    assert network(torch.zeros(1, 1, *card.input_size)).shape == (1, len(card.labels))


@pytest.mark.weights
@pytest.mark.parametrize("name", FAMILIES)
def test_shipped_weights_are_the_cards_and_small_enough_to_commit(name: str) -> None:
    card = verify(load_card(card_path(name)))
    assert file_sha256(card.path) == card.sha256
    assert card.path.stat().st_size <= 25_000_000


@pytest.mark.weights
def test_tampered_shipped_weights_are_refused(tmp_path: Path) -> None:
    card = load_card(card_path("drsn"))
    content = bytearray(card.path.read_bytes())
    content[-1] ^= 1
    (tmp_path / card.path.name).write_bytes(content)
    with pytest.raises(WeightsError, match="was changed"):
        verify(replace(card, path=tmp_path / card.path.name))


def test_probabilities_sum_to_one_and_a_higher_temperature_makes_them_milder() -> None:
    logits = np.array([[0, 1, 2, 3, 4, 5]], np.float32)
    cold, hot = (to_probabilities(logits, temperature=t) for t in (1.0, 10.0))
    assert np.allclose([cold.sum(), hot.sum()], 1)
    assert cold.max() > hot.max()


@pytest.mark.weights
def test_input_is_normalised_by_the_card_and_wrong_sizes_are_refused() -> None:
    card = load_card(card_path("drsn"))
    gray = np.full((2, *card.input_size), 255, np.uint8)
    assert np.allclose(to_input(gray, card), (1 - card.mean) / card.std)
    with pytest.raises(ValueError, match="takes"):
        to_input(gray[:, 1:], card)
