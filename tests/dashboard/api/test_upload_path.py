"""A file that is uploaded becomes a lecture, a recording and a requested run."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client

from courses.models import Course, Recording, Upload
from inference.models import AnalysisRun
from tests.dashboard.api import tus_client


def test_uploaded_clip_becomes_a_recording_with_a_run(
    alice_client: Client, course: Course, clips: Path, django_capture_on_commit_callbacks: Any
) -> None:
    content = (clips / "single_face.mp4").read_bytes()
    with django_capture_on_commit_callbacks(execute=True):
        url, last = tus_client.send(alice_client, course=course.slug, content=content, filename="Week 1.mp4")
    assert last.status_code == 204, last.content
    recording = Recording.objects.get()
    assert recording.sha256 == hashlib.sha256(content).hexdigest()
    assert recording.file.read() == content
    assert recording.lecture.title == "Week 1"
    assert recording.lecture.course == course
    run = AnalysisRun.objects.get()
    assert run.recording == recording
    row = alice_client.get(url).json()
    assert row["state"] == "done"
    assert row["run_id"] == run.pk
    assert row["lecture_id"] == recording.lecture_id
    assert not Upload.objects.get().spool_path.exists()
    assert list(Path(settings.UPLOAD_SPOOL_DIR).iterdir()) == []
