"""Start, use, stop: the embedded services as real processes."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
import pytest
import redis

from dashboard.embedded import AlreadyRunningError, Services
from tests.dashboard.embedded.conftest import processes_naming


def test_both_services_answer_after_start_and_nothing_is_left_after_stop(services: Services, home: Path) -> None:
    services.start()
    with psycopg.connect(services.database_url) as connection:
        assert connection.execute("select current_database()").fetchone() == ("lectern",)
    assert redis.Redis.from_url(services.redis_url).ping()
    assert processes_naming(home)

    services.stop()
    assert processes_naming(home) == []


def test_data_survive_a_restart(services: Services, home: Path) -> None:
    services.start()
    with psycopg.connect(services.database_url) as connection:
        connection.execute("create table kept as select 7 as value")
    redis.Redis.from_url(services.redis_url).set("kept", "8")
    services.stop()

    again = Services(home)
    again.start()
    try:
        with psycopg.connect(again.database_url) as connection:
            assert connection.execute("select value from kept").fetchone() == (7,)
        assert redis.Redis.from_url(again.redis_url).get("kept") == b"8"
    finally:
        again.stop()


def test_cluster_sorts_by_the_built_in_c_utf8_listens_on_no_port_and_syncs(services: Services) -> None:
    services.start()
    with psycopg.connect(services.database_url) as connection:
        locale = connection.execute("select datlocprovider, datlocale from pg_database where datname = 'lectern'")
        assert locale.fetchone() == ("b", "C.UTF-8")
        settings = "select current_setting('listen_addresses'), current_setting('fsync')"
        assert connection.execute(settings).fetchone() == ("", "on")
        connection.execute("create extension vector")


def test_second_start_on_the_same_home_is_refused_and_names_the_holder(services: Services, home: Path) -> None:
    services.start()
    with pytest.raises(AlreadyRunningError, match=rf"process {os.getpid()}"):
        Services(home).start()
    assert redis.Redis.from_url(services.redis_url).ping()


def test_guest_uses_running_services_and_leaves_them_running(services: Services, home: Path) -> None:
    services.start()
    with Services(home) as guest:
        assert not guest.is_owner
        psycopg.connect(guest.database_url).close()
    assert redis.Redis.from_url(services.redis_url).ping()


def test_context_manager_starts_and_stops_where_nothing_runs(home: Path) -> None:
    with Services(home) as owner:
        assert owner.is_owner
        psycopg.connect(owner.database_url).close()
    assert processes_naming(home) == []


def test_nothing_embedded_starts_when_both_urls_are_given(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://someone@elsewhere/lectern")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere:6379/0")
    services = Services(home)
    services.start()
    assert services.processes == {}
    assert (services.database_url, services.redis_url) == (os.environ["DATABASE_URL"], os.environ["REDIS_URL"])
    assert not home.exists()


def test_only_the_service_without_a_url_starts(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://someone@elsewhere/lectern")
    with Services(home) as services:
        assert list(services.processes) == ["valkey"]
        assert not (home / "postgres").exists()
