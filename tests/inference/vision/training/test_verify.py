from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from inference.vision.families.facenet.decode import threshold_of
from inference.vision.training import verify
from inference.vision.training.data_checks import DataError
from inference.vision.training.job import Job
from inference.vision.training.lfw_pairs import Pairs
from inference.vision.training.verification import roc, threshold_at_far, view_2
from inference.vision.weights import load_card
from inference.vision.weights import verify as verify_file
from tests.inference.vision.training.test_embedding import RECIPE, samples


def verified(seed: int = 0) -> verify.Verified:
    random = np.random.default_rng(seed)
    is_same = np.arange(200) % 2 == 0
    scores = (0.5 * is_same + random.normal(size=200) * 0.3).astype(np.float32)
    folds = view_2(scores, is_same, np.arange(200) // 20)
    threshold = threshold_at_far(scores[~is_same], 0.05)
    return verify.Verified(folds, roc(scores, is_same), threshold, roc(scores, is_same), 100, scores, is_same)


def test_rates_at_the_cards_threshold_equal_counting() -> None:
    found = verified()
    figures = found.figures()
    taken = found.scores >= found.threshold
    assert figures["view_2_far_at_threshold"] == pytest.approx(taken[~found.is_same].mean())
    assert figures["view_2_tar_at_threshold"] == pytest.approx(taken[found.is_same].mean())


def test_table_shows_the_accuracy_with_its_interval() -> None:
    found = verified()
    low, high = found.folds.mean - found.half_width, found.folds.mean + found.half_width
    assert f"| accuracy | {found.folds.mean:.4f} ({low:.4f} to {high:.4f}) |" in verify.as_text(found)


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A run with random weights, and a View 2 of 40 pairs with random scores."""
    monkeypatch.setattr(verify, "card_path", lambda family: tmp_path / "card.toml")
    monkeypatch.setattr(verify, "FAR", 0.1)
    is_same = np.arange(40) % 2 == 0
    names = tuple(f"p{row}/p{row}_0001.jpg" for row in range(40))
    monkeypatch.setattr(verify, "read_pairs", lambda data, name: Pairs(names, names, is_same, np.arange(40) // 4))
    scores = np.random.default_rng(0).normal(size=40).astype(np.float32)
    monkeypatch.setattr(verify, "pair_scores", lambda embed, pairs, data, runs: scores)
    told = {"licence": "none", "paper": "none", "document": "docs/models/facenet.md"}
    made = Job(replace(RECIPE, card=told), samples(), tmp_path, tmp_path, tmp_path / "run", "cpu", ships=True)
    made.folder.mkdir()
    network, _ = verify.task_of(made).build()
    torch.save(network.state_dict(), made.folder / "best.pt")
    return made


def test_shipped_weights_hold_no_people_and_their_card_has_the_threshold(job: Job, tmp_path: Path) -> None:
    text = verify.evaluate(job)
    card = verify_file(load_card(tmp_path / "card.toml"))
    assert card.labels == ()
    assert 0 < threshold_of(card) < 1.001
    assert card.test["threshold_far"] == 0.1
    assert "| accuracy |" in text
    assert (job.folder / "roc.png").is_file()
    assert not [name for name in verify.shipped(job).state_dict() if name.startswith("people")]


def test_a_set_of_classes_is_refused_before_training(job: Job) -> None:
    classes = replace(job.samples, labels=np.eye(3, dtype=np.float32)[np.arange(len(job.samples.truth)) % 3])
    with pytest.raises(
        DataError, match="Each face has 3 values, a teacher's embedding 8: train on the set lfw, or on people"
    ):
        verify.task_of(replace(job, samples=classes))
