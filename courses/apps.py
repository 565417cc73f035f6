"""Django's entry to the courses package."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    """Courses, people, recordings and policy."""

    name = "courses"
    verbose_name = _("Courses")
