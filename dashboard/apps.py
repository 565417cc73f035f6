"""Django's entry to the site."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DashboardConfig(AppConfig):
    """Pages, API and wiring."""

    name = "dashboard"
    verbose_name = _("Dashboard")
