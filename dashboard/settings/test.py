"""The test suite: real Postgres and Valkey, cheap password hashing."""

from __future__ import annotations

from dashboard.settings.base import *  # noqa: F403

SECRET_KEY = "for tests only"  # noqa: S105
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_BEAT_SCHEDULER = "celery.beat:PersistentScheduler"
