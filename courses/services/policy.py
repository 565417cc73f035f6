"""Recording of deployment policies."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from courses.models import DeploymentPolicy, Institution, Mode, User


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
    recorded_by: User | None = None,
) -> DeploymentPolicy:
    """Seal and save a new policy; it rules from now on."""
    policy = DeploymentPolicy(
        institution=institution,
        mode=mode,
        region=region,
        institution_type=institution_type,
        signatory=signatory,
        acknowledgement=acknowledgement,
        valid_from=valid_from,
        valid_until=valid_until,
        recorded_by=recorded_by,
    )
    policy.sha256 = policy.seal()
    policy.full_clean()
    policy.save()
    return policy
