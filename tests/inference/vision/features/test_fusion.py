from __future__ import annotations

import numpy as np
import pytest

from inference.vision.features.fusion import classifier, fused, late_fusion


def clouds(seed: int = 0, count: int = 120) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    truth = random.integers(0, 3, count)
    return (random.normal(size=(count, 20)) + 3 * np.eye(3, 20)[truth] * 2).astype(np.float32), truth


def test_fusion_puts_the_features_side_by_side() -> None:
    joined = fused(np.ones((2, 3), np.float32), np.zeros((2, 5), np.float32))
    assert joined.shape == (2, 8)
    assert joined[0].tolist() == [1, 1, 1, 0, 0, 0, 0, 0]


def test_scaling_matches_equation_7_and_knows_only_the_training_faces() -> None:
    train, truth = clouds()
    scaler = classifier().fit(train, truth)[0]
    low, high = train.min(axis=0), train.max(axis=0)
    np.testing.assert_allclose(scaler.transform(train), (train - low) / (high - low), atol=1e-5)
    beyond = scaler.transform(train * 10)
    assert 0 <= beyond.min() <= beyond.max() <= 1


@pytest.mark.parametrize("kind", ["svm", "mlp"])
@pytest.mark.parametrize("components", [None, 5])
def test_classifier_tells_clear_classes_apart(kind: str, components: int | None) -> None:
    train, truth = clouds()
    fresh, expected = clouds(1)
    fitted = classifier(kind, components=components).fit(train, truth)  # type: ignore[arg-type]
    assert float((fitted.predict(fresh) == expected).mean()) > 0.8


def test_late_fusion_learns_from_texture_what_the_network_does_not_know() -> None:
    texture, truth = clouds()
    fresh, expected = clouds(1)
    blind = np.random.default_rng(2).normal(size=(len(truth), 8)).astype(np.float32)
    head = late_fusion(8, components=5).fit(fused(blind, texture), truth)
    assert float((head.predict(fused(blind, fresh)) == expected).mean()) > 0.8


def test_late_fusion_reduces_texture_and_keeps_every_pooled_value() -> None:
    texture, truth = clouds()
    head = late_fusion(8, components=5).fit(fused(np.zeros((len(truth), 8), np.float32), texture), truth)
    assert head[0].transform(fused(np.zeros((2, 8), np.float32), texture[:2])).shape == (2, 13)


def test_late_fusion_without_components_sees_the_network_alone() -> None:
    texture, truth = clouds()
    deep = np.random.default_rng(2).normal(size=(len(truth), 8)).astype(np.float32)
    head = late_fusion(8, components=0).fit(fused(deep, texture), truth)
    assert (head.predict(fused(deep, texture)) == head.predict(fused(deep, texture * 0))).all()
