"""Server time and queries of the report page of a 60-minute lecture of 40 students.

    python -m benchmarks.page

Postgres and Valkey are started in a folder of their own; rows are made through the real models; the time is the
median of a request through Django's whole stack, without the network.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).with_name("results.json")
LENGTH_S, STUDENTS = 3600.0, 40
WARM_UPS, REQUESTS = 3, 25
TARGET_MS, TARGET_QUERIES = 300, 12


@contextmanager
def site() -> Iterator[None]:
    """Run the services on an empty database for as long as the measurement takes."""
    home = Path(tempfile.mkdtemp(prefix="lectern-bench-"))
    os.environ["LECTERN_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "dashboard.settings.test"
    import django

    from dashboard.embedded import Services

    services = Services(home)
    services.start()
    try:
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        yield
    finally:
        services.stop()
        shutil.rmtree(home, ignore_errors=True)


def lecture_url() -> tuple[object, str]:
    """Insert the lecture; return its teacher and its address."""
    from tests import factories
    from tests.report_data import Plan, analysed

    institution = factories.InstitutionFactory()
    factories.policy(institution)
    teacher = factories.UserFactory(institution=institution)
    course = factories.CourseFactory(institution=institution)
    course.teachers.add(teacher)
    students = tuple(factories.enroll(course, count=STUDENTS))
    lecture = factories.LectureFactory(course=course)
    analysed(lecture, Plan(length_s=LENGTH_S, n_people=STUDENTS, students=students, gaps=((1200, 1290),)))
    return teacher, lecture.get_absolute_url()


def measure() -> tuple[float, int, int]:
    """Return the median milliseconds of a request, its queries and its bytes."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    teacher, url = lecture_url()
    client = Client()
    client.force_login(teacher)  # type: ignore[arg-type]
    times_ms = [_milliseconds(client, url) for _k in range(WARM_UPS + REQUESTS)][WARM_UPS:]
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    return statistics.median(times_ms), len(queries), len(response.content)


def _milliseconds(client: object, url: str) -> float:
    start = time.perf_counter()
    response = client.get(url)  # type: ignore[attr-defined]
    passed_ms = (time.perf_counter() - start) * 1000
    assert response.status_code == 200, response.status_code  # noqa: S101 - a page that fails is not fast
    return passed_ms


def record(figures: dict[str, tuple[float, str]]) -> None:
    """Merge figures into benchmarks/results.json: flat keys, each with value, unit, date, commit and command."""
    git = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(git, cwd=RESULTS.parent, capture_output=True, text=True, check=True).stdout.strip()
    facts = {"date": datetime.now(tz=UTC).date().isoformat(), "commit": commit, "command": "python -m benchmarks.page"}
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    kept |= {key: {"value": value, "unit": unit, **facts} for key, (value, unit) in figures.items()}
    RESULTS.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def main() -> None:
    """Measure, print and record."""
    with site():
        server_ms, queries, size_bytes = measure()
    print(f"report page: {server_ms:.0f} ms (target {TARGET_MS}), {queries} queries (target {TARGET_QUERIES})")
    print(f"             {size_bytes / 1024:.0f} KiB of HTML, {STUDENTS} students, {LENGTH_S / 60:.0f} minutes")
    record({"page.report.server_ms": (round(server_ms, 1), "ms"), "page.report.queries": (queries, "queries")})


if __name__ == "__main__":
    main()
