from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from inference.vision.training.recipe import Profile
from inference.vision.training.schedules import rate_at

PROFILE = Profile(learning_rate=1e-3, epochs=10, warmup_epochs=2)
CYCLE = replace(PROFILE, schedule="onecycle", learning_rate=1e-4, max_rate=2.5e-3)


def test_one_cycle_is_pytorchs_with_linear_annealing() -> None:
    steps, optimizer = 200, torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1e-4)
    theirs = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=2.5e-3, total_steps=steps + 1, anneal_strategy="linear", cycle_momentum=False
    )
    rates: list[float] = []
    for _ in range(steps):
        rates.append(float(theirs.get_last_lr()[0]))
        optimizer.step()
        theirs.step()
    ours = [rate_at(CYCLE, CYCLE.epochs * step / steps) for step in range(steps)]
    assert max(abs(a - b) for a, b in zip(ours, rates, strict=True)) < 4e-5  # one step: their peak lies one earlier


def test_one_cycle_starts_peaks_and_ends_where_the_profile_says() -> None:
    assert rate_at(CYCLE, 0) == pytest.approx(1e-4)
    assert rate_at(CYCLE, 3) == pytest.approx(2.5e-3)
    assert rate_at(CYCLE, 10) == pytest.approx(1e-8)


def test_cosine_warms_up_and_falls_to_nothing() -> None:
    cosine = replace(PROFILE, schedule="cosine")
    assert rate_at(cosine, 0) == pytest.approx(1e-5)
    assert rate_at(cosine, 1) == pytest.approx(5.1e-4)
    assert rate_at(cosine, 2) == pytest.approx(1e-3)
    assert rate_at(cosine, 6) == pytest.approx(1e-3 * (1 + math.cos(math.pi / 2)) / 2)
    assert rate_at(cosine, 10) == pytest.approx(0, abs=1e-12)


def test_step_divides_by_ten_at_half_and_three_quarters() -> None:
    step = replace(PROFILE, schedule="step", warmup_epochs=0)
    assert [round(rate_at(step, e) / 1e-3, 6) for e in (0, 4.9, 5, 7.4, 7.5, 10)] == [1, 1, 0.1, 0.1, 0.01, 0.01]


def test_constant_stays() -> None:
    constant = replace(PROFILE, schedule="constant", warmup_epochs=0)
    assert {rate_at(constant, e) for e in (0, 3.3, 10)} == {1e-3}


@given(st.sampled_from(["cosine", "step", "constant", "onecycle"]), st.floats(0, 10), st.floats(0, 4))
def test_a_rate_is_never_negative_nor_above_the_peak(schedule: str, done: float, warmup: float) -> None:
    profile = replace(CYCLE, schedule=schedule, warmup_epochs=warmup)
    peak = profile.max_rate if schedule == "onecycle" else profile.learning_rate
    assert 0 <= rate_at(profile, done) <= peak * (1 + 1e-9)


def test_an_unknown_schedule_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="constant, cosine, onecycle, step"):
        rate_at(replace(PROFILE, schedule="poly"), 0)


def test_a_cycle_without_a_peak_is_refused() -> None:
    with pytest.raises(ValueError, match="set max_rate above"):
        rate_at(replace(CYCLE, max_rate=0.0), 0)
