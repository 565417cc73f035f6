"""The test suite: real Postgres and Valkey in a folder of its own, cheap password hashing."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# Set before anything reads it; the workers of a parallel test run inherit it.
os.environ.setdefault("LECTERN_HOME", str(Path(tempfile.gettempdir()) / f"lectern-test-{os.getpid()}"))

from dashboard.settings.base import *  # noqa: F403

SECRET_KEY = "for tests only"  # noqa: S105
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_BEAT_SCHEDULER = "celery.beat:PersistentScheduler"
