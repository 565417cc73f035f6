"""The one place that decides what may be computed and shown.

Pages, the API, the enqueueing service and the worker (before it opens any weights) call `require`.
"""

from __future__ import annotations

from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from courses.models import Course, DeploymentPolicy, Institution, Mode
from courses.models.policy import ESTIMATES, STRICTNESS


class Purpose(StrEnum):
    """What someone wants to do with a face."""

    OBSERVE = "observe"  # faces visible, eyes closed, head turned
    EXPRESSION = "expression"  # the emotion network and all that is built on it
    INDIVIDUAL = "individual"  # values of one person, stored or shown
    IDENTIFY = "identify"  # faces compared with references of those who agreed


ALLOWED: dict[str, frozenset[Purpose]] = {
    Mode.OBSERVABLE: frozenset({Purpose.OBSERVE}),
    Mode.AGGREGATE: frozenset({Purpose.OBSERVE, Purpose.EXPRESSION}),
    Mode.INDIVIDUAL: frozenset(Purpose),
}


class PolicyDenied(Exception):
    """The policy forbids it. Pages and API answer 451 with the reason and the remedy."""

    def __init__(self, reason: StrPromise | str, remedy: StrPromise | str) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.remedy = remedy


def require(purpose: Purpose, *, institution: Institution, course: Course | None = None) -> DeploymentPolicy:
    """Return the policy that allows `purpose`; raise PolicyDenied where none does."""
    policy = current_policy(institution)
    if purpose not in ALLOWED[effective_mode(policy, course)] or _is_banned(purpose, policy):
        raise PolicyDenied(
            _("This institution's policy does not allow it."),
            _("An administrator can record another policy, where the law of your region allows it."),
        )
    return policy


def allows(purpose: Purpose, *, institution: Institution, course: Course | None = None) -> bool:
    """Say whether the policy of now allows `purpose`."""
    try:
        require(purpose, institution=institution, course=course)
    except PolicyDenied:
        return False
    return True


def _is_banned(purpose: Purpose, policy: DeploymentPolicy) -> bool:
    """Say whether the law of the region forbids it in every mode: New York's schools must not recognise faces."""
    is_new_york_school = policy.region.upper() == "US-NY" and policy.institution_type.lower() != "university"
    return purpose == Purpose.IDENTIFY and is_new_york_school


def current_policy(institution: Institution) -> DeploymentPolicy:
    """Return the newest policy if it is valid now and its seal is whole."""
    policy = DeploymentPolicy.objects.filter(institution=institution).first()
    if policy is None:
        raise PolicyDenied(_("No policy is recorded for this institution."), _("Ask an administrator to record one."))
    if not policy.valid_from <= timezone.now() < policy.valid_until:
        raise PolicyDenied(_("The institution's policy is not valid today."), _("Ask an administrator to renew it."))
    if policy.sha256 != policy.seal():
        raise PolicyDenied(_("The policy was altered after it was signed."), _("Ask an administrator to sign anew."))
    return policy


def effective_mode(policy: DeploymentPolicy, course: Course | None = None) -> str:
    """Return the stricter of the institution's mode and the course's."""
    if course is None or not course.mode:
        return policy.mode
    return min(policy.mode, course.mode, key=lambda mode: STRICTNESS.index(Mode(mode)))


def allowed_estimates(policy: DeploymentPolicy, course: Course | None = None) -> tuple[str, ...]:
    """Return which estimates beside the learning emotions may be computed and shown, by name."""
    may_read_faces = Purpose.EXPRESSION in ALLOWED[effective_mode(policy, course)]
    return ESTIMATES[policy.extra_estimates] if may_read_faces else ()
