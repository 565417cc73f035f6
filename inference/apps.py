"""Django's entry to the inference package."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InferenceConfig(AppConfig):
    """Runs, tracks, observations and scores."""

    name = "inference"
    verbose_name = _("Analysis")

    def ready(self) -> None:
        """Register the checks."""
        from inference import checks  # noqa: F401
