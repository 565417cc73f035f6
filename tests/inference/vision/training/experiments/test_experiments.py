"""Each experiment can be found by its name."""

from __future__ import annotations

import pytest

from inference.vision.training.experiments import EXPERIMENTS, experiment


def test_every_experiment_exists() -> None:
    assert [name for name in EXPERIMENTS if not callable(experiment(name))] == []


def test_unknown_experiment_is_refused_with_the_names_that_there_are() -> None:
    with pytest.raises(ValueError, match="No experiment is called 'nothing'; there are: "):
        experiment("nothing")
