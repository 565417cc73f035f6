"""What surrounds every page: log-in, theme, health, errors, and a policy for content without anything inline."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from courses.models import Course, User
from dashboard.settings.home import BASE_DIR


def test_login_takes_the_e_mail_in_any_case(client: Client, alice: User) -> None:
    fields = {"username": "ALICE@example.org", "password": "correct horse"}
    response = client.post("/accounts/login/", fields)
    assert response["Location"] == "/"


def test_wrong_password_is_explained(client: Client, alice: User) -> None:
    response = client.post("/accounts/login/", {"username": alice.email, "password": "wrong"})
    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()


def test_logging_out_needs_a_post(alice_client: Client) -> None:
    assert alice_client.get("/accounts/logout/").status_code == 405
    assert alice_client.post("/accounts/logout/")["Location"] == "/accounts/login/"


@pytest.mark.parametrize("theme", ["system", "light", "dark"])
def test_theme_is_kept_with_the_user_and_rendered_by_the_server(alice_client: Client, alice: User, theme: str) -> None:
    assert alice_client.post("/theme/", {"theme": theme, "next": "/courses/"})["Location"] == "/courses/"
    alice.refresh_from_db()
    assert alice.theme == theme
    assert f'data-theme="{theme}"' in alice_client.get("/").content.decode()


def test_theme_of_a_visitor_is_in_a_cookie(client: Client, db: None) -> None:
    client.post("/theme/", {"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/accounts/login/").content.decode()


def test_unknown_theme_is_refused(client: Client, db: None) -> None:
    assert client.post("/theme/", {"theme": "neon"}).status_code == 400


def test_theme_does_not_lead_to_another_site(client: Client, db: None) -> None:
    assert client.post("/theme/", {"theme": "dark", "next": "https://example.org/"})["Location"] == "/"


def test_liveness_asks_nothing_of_the_database(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"


def test_readiness_asks_database_and_broker(client: Client, db: None) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"database": True, "broker": True})


def test_readiness_names_what_does_not_answer(client: Client, db: None, settings: object) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # type: ignore[attr-defined]
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (503, {"database": True, "broker": False})


def test_unknown_page_is_a_404_with_a_way_on(alice_client: Client) -> None:
    response = alice_client.get("/nothing/")
    assert response.status_code == 404
    assert "Go to Today" in response.content.decode()


def test_form_that_is_too_large_is_413(client: Client, db: None, settings: object) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100  # type: ignore[attr-defined]
    response = client.post("/theme/", {"theme": "dark", "next": "x" * 200})
    assert response.status_code == 413
    assert "Too large" in response.content.decode()


def test_crash_is_a_plain_500(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("courses.selectors.courses_for", broken)
    client = Client(raise_request_exception=False)
    client.force_login(alice)
    response = client.get("/courses/")
    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()


def test_missing_csrf_token_is_a_403_page(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/theme/", {"theme": "dark"})
    assert response.status_code == 403
    assert "Not allowed" in response.content.decode()


@pytest.mark.parametrize("url", ["/", "/courses/", "/courses/{slug}/", "/courses/{slug}/lectures/new/", "/nothing/"])
def test_pages_have_nothing_inline(alice_client: Client, course: Course, url: str) -> None:
    response = alice_client.get(url.format(slug=course.slug))
    page = response.content.decode()
    assert "unsafe" not in response["Content-Security-Policy"]
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)
    assert not re.search(r"<script(?![^>]*(?:src=|application/json))", page)


def test_scripts_translate_their_words(client: Client, db: None) -> None:
    catalog = client.get("/jsi18n/")
    assert catalog.status_code == 200
    assert "gettext" in catalog.content.decode()


def test_navigation_names_only_pages_that_exist(alice_client: Client, course: Course) -> None:
    page = alice_client.get(f"/courses/{course.slug}/").content.decode()
    links = set(re.findall(r'class="nav-link"\s+href="([^"]+)"', page))
    assert links == {"/", "/courses/", f"/courses/{course.slug}/", f"/courses/{course.slug}/roster/"}
    assert {alice_client.get(link).status_code for link in links} == {200}


def test_every_module_of_javascript_shows_how_it_is_used() -> None:
    folder = BASE_DIR / "dashboard/static/dashboard/js"
    assert [path.name for path in folder.glob("*.js") if not path.read_text().startswith("/*")] == []
