"""Postgres, Valkey, Celery and Channels: embedded by default, servers where a URL names them."""

from __future__ import annotations

from typing import Any

from psycopg.conninfo import conninfo_to_dict

from dashboard.embedded.urls import celery_broker_url, service_urls
from dashboard.settings.home import LECTERN_HOME

_urls = service_urls(LECTERN_HOME)
DATABASE_URL = _urls.database
REDIS_URL = _urls.redis


def database_from_url(url: str) -> dict[str, Any]:
    """Turn a libpq URL into Django's settings of one database."""
    parts = conninfo_to_dict(url)
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    settings: dict[str, Any] = {name: str(parts.pop(key, "")) for key, name in known.items()}
    # A lost connection is noticed at the next request, not after the operating system's two hours.
    settings["OPTIONS"] = {**parts, "connect_timeout": 10}
    settings["CONN_HEALTH_CHECKS"] = True
    # ASGI serves each request in a thread of its own: kept connections would pile up until the server refuses more.
    settings["CONN_MAX_AGE"] = 0
    return {"ENGINE": "django.db.backends.postgresql", **settings}


DATABASES = {"default": database_from_url(DATABASE_URL)}

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        # redis-py 8 gives sockets a timeout of 5 s, which would close every idle WebSocket.
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}], "expiry": 60},
    }
}

CELERY_BROKER_URL = celery_broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "io"
CELERY_TASK_ROUTES = {
    "inference.tasks.analyze_run": {"queue": "gpu"},
    "inference.tasks.join_run": {"queue": "gpu"},
    "inference.tasks.write_proxy": {"queue": "cpu"},
    "inference.tasks.read_reference": {"queue": "cpu"},
    "inference.tasks.read_names": {"queue": "cpu"},
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A task that its worker lost is handed out again after this long; the lease of a run keeps two workers apart.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 6 * 3600, "socket_timeout": 30, "health_check_interval": 15}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE = {
    "recover-runs": {"task": "inference.tasks.recover_runs", "schedule": 15.0},
    "finish-uploads": {"task": "dashboard.tasks.finish_uploads", "schedule": 60.0},
    "expire-uploads": {"task": "dashboard.tasks.expire_uploads", "schedule": 3600.0},
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
