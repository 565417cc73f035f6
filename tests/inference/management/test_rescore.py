"""A stored lecture is scored anew by the command line, and refused where its mode or the policy forbids it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from courses.models import Mode
from inference.models import AnalysisRun
from inference.vision.profiles import PROFILES
from tests import factories
from tests.inference.test_store import score_values

pytestmark = pytest.mark.django_db


def rescored(run: AnalysisRun, **options: Any) -> str:
    out = io.StringIO()
    call_command("rescore", run.pk, stdout=out, **options)
    return out.getvalue()


@pytest.mark.parametrize("name", PROFILES)
def test_a_run_is_scored_by_the_profile_that_was_named(finished: AnalysisRun, name: str) -> None:
    said = rescored(finished, profile=name)
    finished.refresh_from_db()
    version = PROFILES[name].formula_version
    assert finished.formula_version == version
    assert f"{finished.scores.count()} scores by {version}" in said


def test_without_a_profile_the_runs_own_is_used(finished: AnalysisRun) -> None:
    rescored(finished, profile="sharma")
    before = score_values(finished)
    assert "sharma-1" in rescored(finished)
    assert score_values(finished) == before


def test_a_run_that_is_not_there_is_named() -> None:
    with pytest.raises(CommandError, match="no analysis 7"):
        call_command("rescore", 7)


def test_an_unknown_profile_is_refused_with_those_that_exist(finished: AnalysisRun) -> None:
    with pytest.raises(CommandError, match="head-only"):
        call_command("rescore", str(finished.pk), "--profile", "nonsense")


@pytest.mark.parametrize(
    ("mode", "reason"), [(Mode.OBSERVABLE, "no concentration index"), (Mode.AGGREGATE, "kept nothing of a person")]
)
def test_a_mode_that_has_nothing_to_score_is_refused(finished: AnalysisRun, mode: Mode, reason: str) -> None:
    AnalysisRun.objects.update(mode=mode)
    before = score_values(finished)
    with pytest.raises(CommandError, match=reason):
        rescored(finished, profile="head-only")
    finished.refresh_from_db()
    assert (score_values(finished), finished.formula_version) == (before, "default-2")


@pytest.mark.parametrize("mode", [Mode.OBSERVABLE, Mode.AGGREGATE])
def test_a_policy_that_became_stricter_forbids_it(finished: AnalysisRun, mode: Mode) -> None:
    factories.policy(finished.institution, mode)
    with pytest.raises(CommandError, match="policy does not allow it"):
        rescored(finished, profile="default")
