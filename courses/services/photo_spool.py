"""Where a reference photo waits for its worker: in the broker, encrypted, for minutes; on no disk in the clear."""

from __future__ import annotations

import redis
from django.conf import settings

from courses.models.references import PHOTO_LIVES_S


class SpoolAway(RuntimeError):
    """The broker cannot be reached."""


def photo_put(photo_id: int, sealed: bytes) -> None:
    """Keep an encrypted photo until it is taken, or for a quarter of an hour.

    Raises:
        SpoolAway: the broker cannot be reached.
    """
    try:
        with _client() as client:
            client.set(_name(photo_id), sealed, ex=PHOTO_LIVES_S)
    except redis.RedisError as error:
        raise SpoolAway from error


def photo_take(photo_id: int) -> bytes | None:
    """Return the encrypted photo and forget it; None where it is gone.

    Raises:
        SpoolAway: the broker cannot be reached.
    """
    try:
        with _client() as client:
            found = client.getdel(_name(photo_id))
            return found if isinstance(found, bytes) else None
    except redis.RedisError as error:
        raise SpoolAway from error


def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=10, socket_connect_timeout=5)


def _name(photo_id: int) -> str:
    return f"lectern:reference:{photo_id}"
