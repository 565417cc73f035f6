"""What each mode computes and stores, in the words of the policy."""

from __future__ import annotations

from courses.models import Mode
from courses.policy import Purpose, allowed_estimates, require
from inference.models import AnalysisRun

PURPOSES: dict[str, tuple[Purpose, ...]] = {
    Mode.OBSERVABLE: (Purpose.OBSERVE,),
    Mode.AGGREGATE: (Purpose.OBSERVE, Purpose.EXPRESSION),
    Mode.INDIVIDUAL: (Purpose.OBSERVE, Purpose.EXPRESSION, Purpose.INDIVIDUAL),
}


def require_all(run: AnalysisRun) -> None:
    """Ask the policy for all that the run's mode computes.

    Raises:
        PolicyDenied: it says no.
    """
    course = run.recording.lecture.course
    for purpose in PURPOSES[run.mode]:
        require(purpose, institution=course.institution, course=course)


def chosen_estimates(run: AnalysisRun) -> tuple[str, ...]:
    """Return the estimates that the run was asked for, as far as the policy of now still allows them.

    Raises:
        PolicyDenied: no policy is valid now.
    """
    course = run.recording.lecture.course
    policy = require(Purpose.OBSERVE, institution=course.institution, course=course)
    allowed = allowed_estimates(policy, course)
    return tuple(name for name in run.extra_estimates if name in allowed)
