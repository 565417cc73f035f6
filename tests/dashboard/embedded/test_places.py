"""Where sockets and data go, and who may use them."""

from __future__ import annotations

import multiprocessing
import os
import shutil
from pathlib import Path

import psycopg
import pytest

from dashboard.embedded import EmbeddedError, Services, service_urls
from dashboard.embedded import home as default_home
from dashboard.embedded.account import Account, can_reach
from dashboard.embedded.places import CHECKOUT, SOCKET_PATH_LIMIT_BYTES, Places
from dashboard.embedded.urls import celery_broker_url
from tests.dashboard.embedded.conftest import processes_naming

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
NOBODY = Account(name="nobody", uid=65534, gid=65534)


def test_home_is_lectern_home_or_a_folder_in_the_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LECTERN_HOME", str(tmp_path))
    assert default_home() == tmp_path
    monkeypatch.delenv("LECTERN_HOME")
    assert default_home() == CHECKOUT / ".lectern"


def test_urls_are_known_before_anything_is_started(home: Path) -> None:
    before = service_urls(home)
    assert not home.exists()
    with Services(home) as services:
        assert (services.database_url, services.redis_url) == (before.database, before.redis)


def test_url_may_come_from_a_secret_file(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "url"
    secret.write_text("redis://elsewhere:6379/0\n")
    monkeypatch.setenv("REDIS_URL_FILE", str(secret))
    assert service_urls(home).redis == "redis://elsewhere:6379/0"
    assert not service_urls(home).is_redis_embedded


@pytest.mark.parametrize(
    ("given", "spelled"),
    [
        ("unix:///a/run/valkey.sock?db=0", "redis+socket:///a/run/valkey.sock?virtual_host=0"),
        ("redis://:secret@elsewhere:6379/2", "redis://:secret@elsewhere:6379/2"),
    ],
)
def test_celery_gets_the_same_address_in_its_own_spelling(given: str, spelled: str) -> None:
    assert celery_broker_url(given) == spelled


def test_long_home_gets_short_sockets_elsewhere_and_works(home: Path) -> None:
    long_home = home / ("long" * 30)
    with Services(long_home) as services:
        sockets = services.places.postgres_sockets
        assert long_home not in sockets.parents
        assert len(os.fsencode(sockets / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT_BYTES
        assert services.places.sockets.stat().st_mode & 0o777 == 0o700
    shutil.rmtree(services.places.sockets)


def test_socket_folder_of_someone_else_is_refused(home: Path) -> None:
    places = Places(home / ("long" * 30))
    stranger = home.with_name("stranger")
    stranger.mkdir()
    places.sockets.symlink_to(stranger)
    try:
        with pytest.raises(EmbeddedError, match="belongs to someone else"):
            Services(places.home).start()
    finally:
        places.sockets.unlink()


def test_home_is_closed_to_others_even_if_it_was_open(home: Path) -> None:
    home.mkdir(mode=0o755)
    Places(home).create()
    assert home.stat().st_mode & 0o777 == 0o700


def test_home_with_a_space_works(home: Path) -> None:
    spaced = home.with_name("my lectures")
    with Services(spaced) as services:
        assert "%20" in services.redis_url
        assert services.processes.keys() == {"postgres", "valkey"}


@ROOT_ONLY
def test_root_runs_postgres_as_another_user_below_a_folder_closed_to_it(home: Path) -> None:
    home.parent.chmod(0o700)
    with Services(home) as services:
        owner = (home / "postgres").stat().st_uid
        assert owner != 0
        status = Path(f"/proc/{services.processes['postgres']}/status").read_text(encoding="ascii")
        assert f"Uid:\t{owner}\t{owner}" in status
    assert home.parent.stat().st_mode & 0o777 == 0o700


@ROOT_ONLY
def test_closed_folder_on_the_way_is_noticed(tmp_path: Path) -> None:
    assert can_reach(NOBODY, Path("/bin/sh"))
    tmp_path.chmod(0o700)
    assert not can_reach(NOBODY, tmp_path / ".")


@ROOT_ONLY
def test_copy_of_the_programs_runs_where_the_originals_are_closed(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Path("/var/cache") / f"lectern-test-{os.getpid()}"
    monkeypatch.setattr("dashboard.embedded.binaries.SYSTEM_CACHE", cache)
    monkeypatch.setattr("dashboard.embedded.binaries.can_reach", lambda account, path: False)
    try:
        with Services(home) as services:
            running = Path(f"/proc/{services.processes['postgres']}/exe").readlink()
            assert cache in running.parents
    finally:
        shutil.rmtree(cache)


@ROOT_ONLY
@pytest.mark.skipif(not can_reach(NOBODY, CHECKOUT), reason="the checkout lies where an ordinary user cannot read it")
def test_ordinary_user_starts_and_stops_too(home: Path) -> None:
    # A fork, because another user often cannot run this very Python, whose folder may be closed to it.
    os.chown(home.parent, NOBODY.uid, NOBODY.gid)
    run = multiprocessing.get_context("fork").Process(target=_start_and_stop_as, args=(NOBODY, home))
    run.start()
    run.join(60)
    assert run.exitcode == 0
    assert (home / "postgres").stat().st_uid == NOBODY.uid
    assert processes_naming(home) == []


def _start_and_stop_as(account: Account, home: Path) -> None:
    os.setgroups([])
    os.setgid(account.gid)
    os.setuid(account.uid)
    with Services(home) as services:
        assert None not in services.processes.values()
        psycopg.connect(services.database_url).close()
