"""The URLs of database and broker, known before anything is started."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from dashboard.embedded.places import Places

DATABASE_NAME = "lectern"
DATABASE_USER = "lectern"


@dataclass(frozen=True, slots=True)
class ServiceUrls:
    """Where the services are, and which of them are embedded."""

    database: str
    redis: str
    is_database_embedded: bool
    is_redis_embedded: bool


def service_urls(home: Path) -> ServiceUrls:
    """Return DATABASE_URL and REDIS_URL where set, else the embedded ones of `home`. Starts and creates nothing."""
    places = Places(home)
    database, redis = given_url("DATABASE_URL"), given_url("REDIS_URL")
    return ServiceUrls(
        database=database or postgres_url(places, DATABASE_NAME),
        redis=redis or f"unix://{quote(str(places.valkey_socket))}?db=0",
        is_database_embedded=database is None,
        is_redis_embedded=redis is None,
    )


def postgres_url(places: Places, name: str) -> str:
    """Return the libpq URL of one database of the embedded cluster."""
    return f"postgresql://{DATABASE_USER}@/{name}?host={quote(str(places.postgres_sockets), safe='')}"


def celery_broker_url(redis_url: str) -> str:
    """Return the same address as Celery spells it: a Unix socket is `redis+socket://` there."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    number = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={number}"


def given_url(name: str) -> str | None:
    """Return a URL from the environment or from the file that `<name>_FILE` names, or None."""
    file = os.environ.get(f"{name}_FILE")
    value = Path(file).read_text(encoding="utf-8").strip() if file else os.environ.get(name)
    return value or None
