"""Valence and basic emotions beside the six learning emotions: only where chosen, and changing nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from inference.vision.pipeline import Pipeline, PipelineOptions
from inference.vision.stages import estimate
from inference.vision.stages.estimate import load_extras
from inference.vision.types import EXTRAS, Part
from inference.vision.weights import WeightsError, asset_path, card_path, load_card
from tests.inference.vision.tiny import LABELS, tiny_extras, tiny_network

__all__ = ["tiny_extras"]
pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def clip() -> Path:
    return asset_path("clips/single_face.mp4")


@pytest.fixture(scope="module")
def both() -> Iterator[Pipeline]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(estimate, "load_network", tiny_network)
        yield Pipeline(options=PipelineOptions(part_s=2.0, extras=EXTRAS), device="cpu")


@pytest.fixture(scope="module")
def parts(both: Pipeline, clip: Path) -> list[Part]:
    return list(both.run(clip))


def extras_of(part: Part) -> list[dict[str, bytes]]:
    return [{name: row.tobytes() for name, row in seen.extras.items()} for seen in part.observations]


def test_every_face_has_each_chosen_estimate(both: Pipeline, parts: list[Part]) -> None:
    seen = [observation for part in parts for observation in part.observations]
    assert seen
    assert {name: card.labels for name, card in both.extra_cards.items()} == {
        "valence": LABELS["eca_resnet"], "basic": LABELS["ds_efficientnet"],
    }  # fmt: skip
    for observation in seen:
        assert {name: len(row) for name, row in observation.extras.items()} == {"valence": 3, "basic": 7}
        assert [float(row.sum()) for row in observation.extras.values()] == pytest.approx([1, 1], abs=1e-5)


def test_extras_change_nothing_else(parts: list[Part], clip: Path) -> None:
    plain = list(Pipeline(options=PipelineOptions(part_s=2.0), device="cpu").run(clip))
    for without, with_extras in zip(plain, parts, strict=True):
        assert without.tracker_state == with_extras.tracker_state
        for one, other in zip(without.observations, with_extras.observations, strict=True):
            assert one.extras == {}
            np.testing.assert_array_equal(one.probabilities, other.probabilities)
            assert (one.timestamp_s, one.yaw_deg, one.eye_openness) == (
                other.timestamp_s, other.yaw_deg, other.eye_openness,
            )  # fmt: skip


def test_a_run_from_a_later_part_on_repeats_its_extras_to_the_bit(
    both: Pipeline, parts: list[Part], clip: Path
) -> None:
    state = json.loads(json.dumps(parts[0].tracker_state))
    again = list(both.run(clip, start_part=1, tracker_state=state))
    assert [extras_of(part) for part in again] == [extras_of(part) for part in parts[1:]]


def test_what_was_not_chosen_is_not_opened(tiny_extras: list[str]) -> None:
    assert set(load_extras("cpu", ("valence",))) == {"valence"}
    assert load_extras("cpu", ()) == {}
    assert tiny_extras == ["eca_resnet"]


def test_without_expression_no_extra_is_opened(tiny_extras: list[str]) -> None:
    pipeline = Pipeline(options=PipelineOptions(use_expression=False, extras=EXTRAS), device="cpu")
    assert (pipeline.extra_cards, tiny_extras) == ({}, [])


def test_missing_weights_name_the_choice_that_needs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise WeightsError(f"The weights of {name} are missing.")

    monkeypatch.setattr(estimate, "load_network", missing)
    with pytest.raises(WeightsError, match=r"estimate 'basic' was chosen.*ds_efficientnet are missing"):
        load_extras("cpu", ("basic",))


def test_the_basic_emotions_can_be_read_by_the_other_network(clip: Path) -> None:
    options = PipelineOptions(part_s=2.0, extras=("basic",), basic_family="cnn_lstm")
    pipeline = Pipeline(options=options, device="cpu")
    assert pipeline.extra_cards["basic"].family == "cnn_lstm"
    found = [item.extras["basic"] for part in pipeline.run(clip) for item in part.observations if item.extras]
    assert found
    np.testing.assert_allclose(np.stack(found).sum(axis=1), 1, atol=1e-3)
    assert pipeline.extra_cards["basic"].labels == load_card(card_path("ds_efficientnet")).labels


def test_the_basic_emotions_can_be_read_in_windows_of_sixteen_samples_of_one_part(clip: Path) -> None:
    """The first part has 18 samples, the second too few for a window."""
    options = PipelineOptions(sample_fps=10.0, part_s=1.8, extras=("basic",), basic_family="cnn_lstm_windows")
    pipeline = Pipeline(options=options, device="cpu")
    assert pipeline.extra_cards["basic"].family == "cnn_lstm"
    first, second = pipeline.run(clip)
    found = np.stack([item.extras["basic"] for item in first.observations])
    np.testing.assert_array_equal(found[:16], np.tile(found[0], (16, 1)))
    assert len(found) == 18 and not np.array_equal(found[0], found[-1])
    assert second.observations and not any(item.extras for item in second.observations)
