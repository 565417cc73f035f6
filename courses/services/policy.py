"""Recording of deployment policies."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from courses.models import DeploymentPolicy, ExtraEstimates, Institution, Mode, User


@transaction.atomic
def policy_record(
    institution: Institution,
    *,
    mode: Mode,
    region: str,
    institution_type: str,
    signatory: str,
    valid_from: datetime,
    valid_until: datetime,
    acknowledgement: str = "",
    extra_estimates: ExtraEstimates = ExtraEstimates.NONE,
    recorded_by: User | None = None,
) -> DeploymentPolicy:
    """Seal and save a new policy; it rules from now on."""
    policy = DeploymentPolicy(
        institution=institution,
        mode=mode,
        extra_estimates=extra_estimates,
        region=region,
        institution_type=institution_type,
        signatory=signatory,
        acknowledgement=acknowledgement,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    return policy_sign(policy, recorded_by=recorded_by)


def policy_sign(policy: DeploymentPolicy, *, recorded_by: User | None) -> DeploymentPolicy:
    """Seal and save a policy that was filled in; who recorded it stays with it."""
    # The seal holds the times as the database gives them back.
    policy.valid_from = policy.valid_from.astimezone(UTC)
    policy.valid_until = policy.valid_until.astimezone(UTC)
    policy.recorded_by = recorded_by
    policy.sha256 = policy.seal()
    policy.full_clean()
    policy.save()
    return policy
