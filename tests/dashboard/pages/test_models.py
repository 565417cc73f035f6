"""The page of models: for administrators alone, and blank where nothing was measured."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from courses.models import Institution, User
from inference.vision.bench.record import Measured
from inference.vision.bench.tables import bench_tables
from tests.conftest import logged_in
from tests.inference.vision.bench.test_tables import KEY, figure


@pytest.fixture
def root(institution: Institution) -> User:
    return User.objects.create_superuser("root@example.org", "correct horse", name="Root")


@pytest.fixture
def root_client(root: User) -> Client:
    return logged_in(root)


def page_with(measured: Measured, client: Client, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("dashboard.pages.models.bench_tables", lambda: bench_tables(measured))
    return re.sub(r"\s+", " ", client.get("/models/").content.decode())


def test_operator_sees_cards_and_tables(root_client: Client) -> None:
    page = root_client.get("/models/").content.decode()
    for text in ("drsn", "macro-F1", "grades, discipline", "84.12 %", "the gain is one image"):
        assert text in page


def test_administrator_of_an_institution_sees_the_page(institution: Institution) -> None:
    admin = User.objects.create_user(
        "ada@example.org", "correct horse", name="Ada", institution=institution, role=User.Role.ADMIN, is_staff=True
    )
    assert logged_in(admin).get("/models/").status_code == 200


def test_teacher_gets_404(alice_client: Client) -> None:
    assert alice_client.get("/models/").status_code == 404


def test_visitor_is_sent_to_log_in(client: Client, db: None) -> None:
    assert client.get("/models/")["Location"] == "/accounts/login/?next=/models/"


def test_wrong_method_gets_405(root_client: Client) -> None:
    assert root_client.post("/models/").status_code == 405


def test_page_asks_for_the_user_alone(root_client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        root_client.get("/models/")


def test_navigation_names_the_page_to_administrators_only(root_client: Client, alice_client: Client) -> None:
    assert 'href="/models/"' in root_client.get("/").content.decode()
    assert 'href="/models/"' not in alice_client.get("/").content.decode()


def test_measured_figure_has_interval_count_and_command(root_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    measured = {KEY: {"paper": figure(0.9611, low=0.93, high=0.98, n=1360)}}
    page = page_with(measured, root_client, monkeypatch)
    assert "<strong>96.11 %</strong><small>93.00–98.00 · n = 1,360</small>" in page
    assert "<code>python manage.py evaluate x</code><small>2026-11-21, abc1234</small>" in page


def test_what_was_not_measured_is_a_dash_that_says_so(root_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    page = page_with({}, root_client, monkeypatch)
    blank = '<span aria-hidden="true">–</span><span class="visually-hidden">not measured</span>'
    assert page.count(blank) == 2 * sum(len(table.rows) for table in bench_tables({}))


def test_page_has_nothing_inline(root_client: Client) -> None:
    page = root_client.get("/models/").content.decode()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)


def test_only_measured_tables_are_open(root_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    measured = {KEY: {"paper": figure(0.5)}}
    page = page_with(measured, root_client, monkeypatch)
    shown = [table for table in bench_tables(measured) if table.rows]
    opened = [table.name for table in shown if any(row.measured for row in table.rows)]
    assert 0 < len(opened) < len(shown)
    assert page.count('<details class="card bench" open>') == len(opened)
    assert page.count('<details class="card bench">') == len(shown) - len(opened)
