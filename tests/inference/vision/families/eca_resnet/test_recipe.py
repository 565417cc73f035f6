from __future__ import annotations

import pytest

from inference.vision.families.eca_resnet.network import EcaResnet
from inference.vision.training.recipe import load_recipe
from inference.vision.training.schedules import rate_at


def test_the_paper_profile_is_what_section_3_2_says() -> None:
    recipe = load_recipe("eca_resnet", "paper")
    profile = recipe.profile
    assert (profile.optimizer, profile.schedule, profile.batch) == ("adamw", "onecycle", 16)
    assert (profile.learning_rate, profile.weight_decay) == (1e-4, 1e-4)
    assert (profile.patience, profile.monitor) == (12, "loss")
    assert (recipe.input.size_px, recipe.network["stem_stride"], recipe.network["dropout"]) == (48, 1, 0.5)
    assert recipe.loss["smoothing"] == 0.1


def test_the_baseline_differs_from_the_paper_profile_in_the_network_alone() -> None:
    paper, baseline = (load_recipe("eca_resnet", name) for name in ("paper", "baseline"))
    assert baseline.profile == paper.profile
    assert dict(baseline.network) == dict(paper.network) | {"attention": "none", "activation": "relu"}


@pytest.mark.parametrize("name", ["default", "paper", "baseline", "protocol"])
def test_each_profile_builds_a_network_and_has_rates_for_its_whole_run(name: str) -> None:
    recipe = load_recipe("eca_resnet", name)
    EcaResnet(num_classes=3, **recipe.network)
    rates = [rate_at(recipe.profile, recipe.profile.epochs * share / 20) for share in range(21)]
    assert all(rate > 0 for rate in rates)
    assert rates[0] == recipe.profile.learning_rate
    assert max(rates) == pytest.approx(recipe.profile.max_rate)
