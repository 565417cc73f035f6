"""One machine, embedded services, plain HTTP on loopback: what `make run` starts."""

from __future__ import annotations

from dashboard.settings.base import *  # noqa: F403
from dashboard.settings.home import LECTERN_HOME
from dashboard.settings.secret import local_secret_key

DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
SECRET_KEY = local_secret_key(LECTERN_HOME)
