"""Extra estimates are chosen by the institution's policy, and by nothing else."""

from __future__ import annotations

import hashlib
import json

import pytest
from django.core.exceptions import ValidationError

from courses.models import Course, DeploymentPolicy, ExtraEstimates, Institution, Mode
from courses.policy import PolicyDenied, allowed_estimates, current_policy
from tests import factories

pytestmark = pytest.mark.django_db


def test_nothing_extra_runs_unless_it_is_chosen(institution: Institution) -> None:
    assert allowed_estimates(factories.policy(institution)) == ()


@pytest.mark.parametrize(
    ("choice", "names"), [("valence", ("valence",)), ("basic", ("basic",)), ("both", ("valence", "basic"))]
)
def test_a_choice_allows_what_it_names(institution: Institution, choice: str, names: tuple[str, ...]) -> None:
    policy = factories.policy(institution, extra_estimates=ExtraEstimates(choice))
    assert allowed_estimates(current_policy(institution)) == allowed_estimates(policy) == names


def test_a_course_without_an_emotion_model_has_no_extra_estimates(course: Course) -> None:
    policy = factories.policy(course.institution, extra_estimates=ExtraEstimates.BOTH)
    course.mode = Mode.OBSERVABLE
    assert allowed_estimates(policy, course) == ()


def test_observable_cannot_be_signed_with_extra_estimates(institution: Institution) -> None:
    with pytest.raises(ValidationError, match="no extra estimates"):
        factories.policy(institution, Mode.OBSERVABLE, extra_estimates=ExtraEstimates.VALENCE)


def test_a_choice_made_behind_the_applications_back_is_refused(institution: Institution) -> None:
    factories.policy(institution)
    DeploymentPolicy.objects.update(extra_estimates=ExtraEstimates.BOTH)
    with pytest.raises(PolicyDenied, match="altered"):
        current_policy(institution)


def test_a_policy_from_before_there_was_a_choice_keeps_its_seal(institution: Institution) -> None:
    policy = factories.policy(institution)
    names = ("institution_id", "mode", "region", "institution_type", "signatory", "valid_from", "valid_until")
    contents = {name: str(getattr(policy, name)) for name in names}
    assert policy.sha256 == hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()
