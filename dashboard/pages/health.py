"""Two questions of an orchestrator: does the process live, and can it serve."""

from __future__ import annotations

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

TIMEOUT_S = 2


@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """Answer without asking anything else."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Ask the database and the broker; 503 names the one that does not answer."""
    services = {"database": _database_answers(), "broker": _broker_answers()}
    return JsonResponse(services, status=200 if all(services.values()) else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _broker_answers() -> bool:
    timeouts = {"socket_timeout": TIMEOUT_S, "socket_connect_timeout": TIMEOUT_S}
    try:
        with redis.Redis.from_url(settings.REDIS_URL, **timeouts) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
