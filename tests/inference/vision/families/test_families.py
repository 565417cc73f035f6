"""One sweep over every family: shapes, determinism, batch equals single, save and load, engine, shipped weights."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from inference.vision import runtime
from inference.vision.families import NETWORKS, load_network, network_class
from inference.vision.families.drsn.decode import to_input, to_probabilities
from inference.vision.quantise import load_ranges, ranges_path
from inference.vision.training.classification import inputs_of
from inference.vision.training.recipe import load_recipe
from inference.vision.weights import CHECKOUT_DIR, WeightsError, card_path, file_sha256, load_card, verify

FAMILIES = sorted(NETWORKS)
# The loss of the others needs a teacher's embeddings: facenet/test_loss.py learns from it.
CLASSIFIERS = [name for name in FAMILIES if load_recipe(name, "default").kind == "classification"]
SHIPPED = [name for name in FAMILIES if card_path(name).is_file()]
CLASSES = 3
# Every family has the same parts at any width; narrow ones are built and compiled in no time.
TINY: dict[str, dict[str, Any]] = {
    "cnn_lstm": {"widths": (4, 4, 8, 8, 8), "step_size": 8, "hidden_size": 8},
    "drsn": {"widths": (8, 8, 16, 16)},
    "eca_resnet": {"widths": (8, 8, 16, 16)},
    "eye_state": {"widths": (8, 8)},
    "facenet": {"width": 0.125, "dimensions": 16},
    "yawn": {"widths": (8, 8)},
}
IDENTITY_FIELDS = (
    "licence", "paper", "data_terms", "labels_are", "limits", "refuse", "document", "labels", "temperature",
)  # fmt: skip
TRAINING_FIELDS = ("profile", "epochs", "seed", "commit", "date", "data_sha256")


def build(family: str) -> Any:
    torch.manual_seed(0)
    network: torch.nn.Module = network_class(family)(num_classes=CLASSES, **TINY.get(family, {}))
    return network.eval()


def faces(family: str, count: int) -> torch.Tensor:
    """Return what the family's own preparation makes of noise."""
    recipe = load_recipe(family, "default")
    pixels = np.random.default_rng(1).integers(0, 256, (count, recipe.input.size_px, recipe.input.size_px), np.uint8)
    return inputs_of(recipe, pixels)


@pytest.fixture(params=FAMILIES)
def family(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def network(family: str) -> Any:
    return build(family)


@torch.inference_mode()
def test_features_and_head_make_the_forward_pass(family: str, network: Any) -> None:
    features = network.forward_features(faces(family, 3))
    logits = network.forward_head(features)
    assert features.shape == (3, network.feature_size)
    assert logits.shape == (3, CLASSES)
    is_embedding = load_recipe(family, "default").kind == "embedding"
    expected = torch.nn.functional.normalize(features) if is_embedding else logits
    torch.testing.assert_close(expected, network(faces(family, 3)))


@torch.inference_mode()
def test_two_passes_give_the_same(family: str, network: Any) -> None:
    assert torch.equal(network(faces(family, 2)), network(faces(family, 2)))


@torch.inference_mode()
def test_a_batch_equals_its_faces_one_by_one(family: str, network: Any) -> None:
    single = torch.cat([network(face[None]) for face in faces(family, 3)])
    torch.testing.assert_close(network(faces(family, 3)), single, rtol=1e-4, atol=1e-5)


@torch.inference_mode()
def test_saved_and_loaded_network_answers_the_same(family: str, network: Any, tmp_path: Path) -> None:
    save_file(network.state_dict(), tmp_path / "w.safetensors")
    torch.manual_seed(1)
    other = network_class(family)(num_classes=CLASSES, **TINY.get(family, {})).eval()
    other.load_state_dict(load_file(tmp_path / "w.safetensors"))
    assert torch.equal(other(faces(family, 2)), network(faces(family, 2)))


def test_the_cpu_engine_agrees_within_a_thousandth_and_runs_in_bfloat16(family: str, network: Any) -> None:
    batch = faces(family, 2).numpy()
    with torch.inference_mode():
        expected = network(torch.from_numpy(batch)).numpy()
    model = runtime.export_module(network, input_shape=batch.shape[1:])
    np.testing.assert_allclose(runtime.compile_model(model, precision="f32")(batch)[0], expected, atol=1e-3)
    faster = runtime.compile_model(model, precision=runtime.cpu_precision("bf16"))(batch)[0]
    np.testing.assert_allclose(faster, expected, atol=0.05 * max(float(np.ptp(expected)), 1))


@pytest.mark.parametrize("family", CLASSIFIERS)
def test_the_loss_of_every_classifier_can_be_learned_from(family: str) -> None:
    network, recipe = build(family).train(), load_recipe(family, "default")
    build_loss = import_module(f"inference.vision.families.{family}.loss").build_loss
    loss = build_loss(num_classes=CLASSES, feature_size=network.feature_size, **recipe.loss)
    features = network.forward_features(faces(family, 4))
    labels = torch.eye(CLASSES)[[0, 1, 2, 0]]
    value = loss(features, network.forward_head(features), labels, torch.ones(CLASSES))
    value.backward()
    assert value.ndim == 0
    assert all(weight.grad is not None for weight in network.parameters() if weight.requires_grad)


def test_unknown_family_is_refused() -> None:
    with pytest.raises(WeightsError, match="No family"):
        network_class("vgg")


@pytest.mark.weights
@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_weights_load_in_float32_for_evaluation(name: str) -> None:
    network, card = load_network(name)
    assert not network.training
    assert {value.dtype for value in network.parameters()} == {torch.float32}
    recipe = load_recipe(name, "default")
    answer = network(inputs_of(recipe, np.zeros((1, *card.input_size), np.uint8)))
    assert answer.shape == (1, network.feature_size if recipe.kind == "embedding" else len(card.labels))


@pytest.mark.weights
@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_weights_are_the_cards_and_small_enough_to_commit(name: str) -> None:
    card = verify(load_card(card_path(name)))
    assert file_sha256(card.path) == card.sha256
    assert card.path.stat().st_size <= 25_000_000


@pytest.mark.weights
@pytest.mark.parametrize("name", SHIPPED)
def test_a_card_tells_all_that_a_user_must_know(name: str) -> None:
    facts = tomllib.loads(card_path(name).read_text(encoding="utf-8"))
    assert [key for key in IDENTITY_FIELDS if key not in facts] == []
    assert [key for key in TRAINING_FIELDS if key not in facts["training"]] == []
    assert facts["test"], "a card without figures"
    assert (CHECKOUT_DIR / facts["document"]).is_file()
    assert facts["engine_precision"] in {"fp32", "bf16", "int8"}


@pytest.mark.weights
@pytest.mark.parametrize("name", SHIPPED)
def test_a_card_that_says_int8_has_the_ranges_of_its_weights(name: str) -> None:
    card = load_card(card_path(name))
    if card.engine_precision == "int8":
        assert load_ranges(ranges_path(card), weights_sha256=card.sha256)


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
