"""The demo, step by step, each long one with a progress bar. What is there already is left alone."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from rich.console import Console

from courses.models import Course, Recording
from courses.services.recordings import file_sha256
from dashboard.demo import bars, film
from dashboard.demo.errors import DemoError
from dashboard.demo.logins import Login
from dashboard.demo.people import demo_course, demo_logins
from dashboard.demo.sender import Sending, send
from dashboard.demo.site import Site, SiteGone
from dashboard.settings.home import LECTERN_HOME
from inference.models import AnalysisRun
from inference.selectors import newest_run

ASK_EVERY_S = 1.0
ACTIVE = frozenset(AnalysisRun.ACTIVE)
UNFINISHED = ACTIVE | {AnalysisRun.State.FAILURE}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRun:
    """One preparation of the demo against a running site."""

    base_url: str
    console: Console
    home: Path = LECTERN_HOME
    film_s: float = film.DURATION_S

    def run(self, lecture: Path | None) -> list[Login]:
        """Make people and course, then analyse the demo recording and the given one."""
        course = demo_course()
        logins = demo_logins(course, path=self.home / "demo-logins.json")
        teacher = logins[1]
        self._analyse_film(course, teacher)
        if lecture is not None:
            self._analyse_file(course, teacher, path=lecture, title=lecture.stem)
        return logins

    def _analyse_film(self, course: Course, teacher: Login) -> None:
        path = film.film_path(self.home)
        known = Recording.objects.filter(lecture__course=course, original_name=path.name).first()
        if known:
            self._follow_known(known, teacher)
            return
        if not path.exists():
            with bars.seconds(self.console, _("Building the demo recording")) as tell:
                film.build_film(path, duration_s=self.film_s, tell=tell)
        self._analyse_file(course, teacher, path=path, title=_("Week 1: what a mean hides"))

    def _analyse_file(self, course: Course, teacher: Login, *, path: Path, title: str) -> None:
        if not path.is_file():
            raise DemoError(_("There is no file %s.") % path, _("Check the path."))
        sha256 = file_sha256(path)
        known = Recording.objects.filter(lecture__course=course, sha256=sha256).first()
        if known:
            self.console.print(
                _("%(file)s is there already: %(lecture)s") % {"file": path.name, "lecture": known.lecture}
            )
            self._follow_known(known, teacher)
            return
        site = self._site(teacher)
        with bars.transfer(self.console, _("Uploading %s") % path.name, path.stat().st_size) as tell:
            row = send(site, Sending(path, course.slug, title[:200], sha256), tell=tell)
        self._follow(site, checked(row)["run_id"])

    def _follow_known(self, recording: Recording, teacher: Login) -> None:
        run = newest_run(recording.lecture)
        if run is None or run.state not in UNFINISHED:
            return
        site = self._site(teacher)
        if run.state == AnalysisRun.State.FAILURE:
            site.ask("POST", reverse("api-run-retry", args=[run.pk]))
        self._follow(site, run.pk)

    def _site(self, teacher: Login) -> Site:
        site = Site(self.base_url)
        site.log_in(teacher)
        return site

    def _follow(self, site: Site, run_id: int) -> None:
        """Show the run until it ends; raise DemoError where it fails."""
        with bars.share(self.console, _("Analysing")) as tell:
            message = ask_run(site, run_id)
            while message["state"] in ACTIVE:
                tell(message["progress"], words_of(message))
                time.sleep(ASK_EVERY_S)
                message = ask_run(site, run_id)
            tell(1.0 if message["state"] == AnalysisRun.State.SUCCESS else message["progress"], words_of(message))
        if message["state"] != AnalysisRun.State.SUCCESS:
            error = message["error"] or {"message": _("The analysis was cancelled."), "remedy": ""}
            raise DemoError(error["message"], error["remedy"])


def ask_run(site: Site, run_id: int) -> dict[str, Any]:
    """Return how the run stands; while the site restarts, wait for it once."""
    try:
        message: dict[str, Any] = site.ask("GET", reverse("api-run", args=[run_id])).json()
    except SiteGone:
        time.sleep(10 * ASK_EVERY_S)
        message = site.ask("GET", reverse("api-run", args=[run_id])).json()
    return message


def checked(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row of an upload that became a recording."""
    if row["error"]:
        raise DemoError(row["error"]["message"], row["error"]["remedy"])
    if not row["run_id"]:
        raise DemoError(_("The upload is not finished."), _("Start again to go on with it."))
    return row


def words_of(message: dict[str, Any]) -> str:
    """Return the active step in words, or the place in the queue."""
    if message["queue_position"]:
        return str(_("%d waiting before this") % message["queue_position"])
    return next((str(stage["label"]) for stage in message["stages"] if stage["state"] == "active"), "")
