"""The site: wiring, and all that a teacher sees or calls."""

from dashboard.celery import app as celery_app

__all__ = ["celery_app"]
