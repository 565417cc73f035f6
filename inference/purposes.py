"""What each mode computes and stores, in the words of the policy."""

from __future__ import annotations

from courses.models import Mode
from courses.policy import Purpose

PURPOSES: dict[str, tuple[Purpose, ...]] = {
    Mode.OBSERVABLE: (Purpose.OBSERVE,),
    Mode.AGGREGATE: (Purpose.OBSERVE, Purpose.EXPRESSION),
    Mode.INDIVIDUAL: (Purpose.OBSERVE, Purpose.EXPRESSION, Purpose.INDIVIDUAL),
}
