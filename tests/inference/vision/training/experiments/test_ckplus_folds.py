from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from inference.vision.training.experiments.ckplus_folds import LIKE_FER2013, at_random, by_subject, pooled, start_from
from inference.vision.training.initial import read_state
from inference.vision.training.protocols import TEST, TRAIN, VALIDATION
from inference.vision.training.recipe import load_recipe
from inference.vision.training.samples import Samples
from inference.vision.training.sets.ckplus import NAMES
from inference.vision.training.sets.fer import BASIC


def drawn(subjects: int = 20) -> Samples:
    """Three pictures a subject of each of three classes; the gray level is the class."""
    truth = np.tile(np.repeat(np.arange(3), 3), subjects)
    people = np.repeat(np.arange(subjects), 9).astype(str)
    images = np.broadcast_to(truth[:, None, None], (len(truth), 48, 48)).astype(np.uint8)
    labels = np.eye(7, dtype=np.float32)[truth]
    return Samples(images, labels, truth, people, np.full(len(truth), TRAIN), np.full(len(truth), "drawn"), NAMES)


class GrayLevel(nn.Module):
    """Calls a face of gray level k class k."""

    def forward(self, x: Tensor) -> Tensor:
        recipe = load_recipe("ds_efficientnet", "ckplus").input
        level = (x.mean(dim=(1, 2, 3)) * recipe.std + recipe.mean) * 255
        return -(level[:, None] - torch.arange(7)).square()


def test_each_subject_is_tested_once_and_never_on_two_sides() -> None:
    samples, tested = drawn(), []
    for fold in by_subject(samples):
        sides = [set(fold.people[fold.splits == side]) for side in (TRAIN, VALIDATION, TEST)]
        assert all(sides)
        assert sum(len(side) for side in sides) == len(set.union(*sides))
        tested += sorted(sides[2])
    assert sorted(tested) == sorted(set(samples.people))


def test_random_split_tests_a_tenth_and_has_the_same_people_on_both_sides() -> None:
    (fold,) = at_random(drawn())
    is_test = fold.splits == TEST
    assert is_test.sum() == 18
    assert set(fold.people[is_test]) <= set(fold.people[~is_test])


def test_a_tenth_of_the_rest_chooses_the_epoch() -> None:
    for fold in by_subject(drawn()):
        rest = fold.splits != TEST
        assert 0.08 <= (fold.splits[rest] == VALIDATION).mean() <= 0.15


def test_pooled_figures_count_each_picture_once() -> None:
    report = pooled([(GrayLevel(), fold) for fold in by_subject(drawn())], load_recipe("ds_efficientnet", "ckplus"))
    assert report.count == 180
    assert report.people == 20
    assert report.accuracy[0] == 1


def test_head_starts_from_the_class_that_means_the_same(tmp_path: Path) -> None:
    same = {"anger": "angry", "contempt": "neutral", "sadness": "sad"}
    assert [BASIC[row] for row in LIKE_FER2013] == [same.get(name, name) for name in NAMES]
    save_file({"classify.1.weight": torch.eye(7), "deep.0.weight": torch.eye(7)}, tmp_path / "w.safetensors")
    moved = read_state(start_from(tmp_path / "w.safetensors", tmp_path / "new" / "start.pt"))
    assert moved["classify.1.weight"].argmax(dim=1).tolist() == list(LIKE_FER2013)
    assert torch.equal(moved["deep.0.weight"], torch.eye(7))
