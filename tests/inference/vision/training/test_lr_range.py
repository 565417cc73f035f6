from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Generator, Tensor, nn

from inference.vision.training.lr_range import lr_range, steepest_rate, write_curve
from inference.vision.training.recipe import Input, Profile, Recipe
from inference.vision.training.task import Batch, Rows

RECIPE = Recipe("eca_resnet", "default", "made-up", Input(8, 0.5, 0.25), {}, Profile(optimizer="sgd", weight_decay=0.0))


class Line:
    """Fits y = 3 x: a task whose loss falls at a good rate and explodes at a bad one."""

    recipe = RECIPE

    def build(self) -> tuple[nn.Module, nn.Module]:
        return nn.Linear(1, 1), nn.Identity()

    def batches(self, epoch: int) -> list[Rows]:
        return [np.arange(8)] * 5

    def collate(self, rows: Rows, generator: Generator, *, size_px: int) -> Batch:
        x = torch.rand((len(rows), 1), generator=generator)
        return x, 3 * x

    def loss(self, network: nn.Module, loss: nn.Module, batch: Batch) -> Tensor:
        loss_value: Tensor = (network(batch[0]) - batch[1]).square().mean()
        return loss_value

    def score(self, network: nn.Module, device: str) -> dict[str, float]:
        raise AssertionError("a range test scores nothing")


def test_rates_climb_evenly_on_a_log_scale() -> None:
    rates = [rate for rate, _ in lr_range(Line(), lowest=1e-4, highest=1e-1, steps=31)]
    assert [rates[0], rates[-1]] == pytest.approx([1e-4, 1e-1])
    assert np.ptp(np.diff(np.log(rates))) < 1e-9


def test_the_loss_falls_at_some_rate_and_the_test_stops_when_it_explodes() -> None:
    curve = lr_range(Line(), lowest=1e-4, highest=1e4, steps=60)
    assert len(curve) < 60
    assert 1e-3 < steepest_rate(curve) < 1e2


def test_two_runs_give_the_same_curve() -> None:
    assert lr_range(Line(), steps=5) == lr_range(Line(), steps=5)


def test_steepest_is_where_the_loss_falls_most_for_a_factor() -> None:
    curve = [(1e-4, 2.0), (1e-3, 1.9), (1e-2, 1.0), (1e-1, 0.9), (1.0, 5.0), (10.0, math.nan)]
    assert steepest_rate(curve) == 1e-3


@pytest.mark.parametrize("curve", [[], [(1e-3, 1.0)], [(1e-3, 1.0), (1e-2, 2.0)]])
def test_a_loss_that_never_falls_names_no_rate(curve: list[tuple[float, float]]) -> None:
    with pytest.raises(ValueError, match="never falls"):
        steepest_rate(curve)


def test_rates_that_do_not_climb_are_refused() -> None:
    with pytest.raises(ValueError, match="do not climb"):
        lr_range(Line(), lowest=1.0, highest=0.1)


def test_the_curve_is_written_as_a_table(tmp_path: Path) -> None:
    path = write_curve([(0.1, 2.0), (0.2, 1.5)], tmp_path / "deep" / "range.csv")
    with path.open(encoding="utf-8") as stream:
        assert list(csv.reader(stream)) == [["rate", "loss"], ["0.1", "2.0"], ["0.2", "1.5"]]
