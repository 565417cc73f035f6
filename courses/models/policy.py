"""The deployment policy of an institution: what may be computed, for whom, until when."""

from __future__ import annotations

import hashlib
import json

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models.base import InstitutionModel


class Mode(models.TextChoices):
    """How much may be known. Strictest first: a course may be stricter than its institution, never looser."""

    OBSERVABLE = "observable", _("observable: faces, eyes and heads, no emotion model")
    AGGREGATE = "aggregate", _("aggregate: class values only")
    INDIVIDUAL = "individual", _("individual: per student and segment")


STRICTNESS = [Mode.OBSERVABLE, Mode.AGGREGATE, Mode.INDIVIDUAL]


class ExtraEstimates(models.TextChoices):
    """Which estimates run beside the six learning emotions, where the mode allows an expression network at all."""

    NONE = "none", _("none: the six learning emotions alone")
    VALENCE = "valence", _("valence: negative, neutral, positive")
    BASIC = "basic", _("seven basic emotions")
    BOTH = "both", _("valence and the seven basic emotions")


# The names by which the pipeline, the results and the API know each estimate.
ESTIMATES: dict[str, tuple[str, ...]] = {
    ExtraEstimates.NONE: (),
    ExtraEstimates.VALENCE: ("valence",),
    ExtraEstimates.BASIC: ("basic",),
    ExtraEstimates.BOTH: ("valence", "basic"),
}


class DeploymentPolicy(InstitutionModel):
    """A signed decision. Rows are never changed: a new decision is a new row, the newest one rules.

    `sha256` seals the contents, so that a row edited behind the application's back is noticed and refused.
    """

    SEALED = ("institution_id", "mode", "region", "institution_type", "signatory", "valid_from", "valid_until")

    mode = models.CharField(_("mode"), max_length=16, choices=Mode.choices)
    extra_estimates = models.CharField(
        _("extra estimates"), max_length=8, choices=ExtraEstimates.choices, default=ExtraEstimates.NONE
    )
    region = models.CharField(_("region"), max_length=16)
    institution_type = models.CharField(_("kind of institution"), max_length=64)
    signatory = models.CharField(_("signed by"), max_length=200)
    acknowledgement = models.TextField(_("acknowledgement"), blank=True, default="")
    valid_from = models.DateTimeField(_("valid from"))
    valid_until = models.DateTimeField(_("valid until"))
    sha256 = models.CharField(_("seal"), max_length=64, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("deployment policy")
        verbose_name_plural = _("deployment policies")
        ordering = ("-pk",)
        get_latest_by = "pk"

    def __str__(self) -> str:
        return f"{self.get_mode_display()} ({self.region})"

    def clean(self) -> None:
        """Refuse a decision that contradicts itself."""
        if self.mode == Mode.OBSERVABLE and self.extra_estimates != ExtraEstimates.NONE:
            words = _("Observable allows no emotion model: choose no extra estimates, or another mode.")
            raise ValidationError({"extra_estimates": words})
        if self.valid_from and self.valid_until and self.valid_until <= self.valid_from:
            raise ValidationError({"valid_until": _("The end has to be later than the beginning.")})

    def seal(self) -> str:
        """Return the SHA-256 over what was decided."""
        contents = {name: str(getattr(self, name)) for name in self.SEALED}
        # Rows from before there was this choice keep their seal: "none" is what they said.
        if self.extra_estimates != ExtraEstimates.NONE:
            contents["extra_estimates"] = str(self.extra_estimates)
        return hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()
