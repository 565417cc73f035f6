"""The Celery application: queues `gpu`, `cpu` and `io`."""

from __future__ import annotations

import os
import signal
from typing import Any

from celery import Celery
from celery.signals import worker_process_init

from dashboard.embedded.orphans import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings.dev")

app = Celery("lectern")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["inference", "dashboard"])


@worker_process_init.connect
def end_with_worker(**kwargs: Any) -> None:
    """End a pool process when its worker was killed: a task that nobody watches must not go on."""
    die_with_parent(signal.SIGKILL, parent=os.getppid())
