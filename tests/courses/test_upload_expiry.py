"""Uploads that nobody continues end; their files go, and so do files that no row claims."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from courses.models import Upload
from courses.services import spool
from dashboard.tasks import expire_uploads
from tests import factories
from tests.held_upload import held_elsewhere

pytestmark = pytest.mark.django_db(transaction=True)
State = Upload.State


def spooled(**fields: Any) -> Upload:
    upload: Upload = factories.UploadFactory(**fields)
    spool.spool_folder()
    upload.spool_path.write_bytes(b"part")
    return upload


def past() -> Any:
    return timezone.now() - timedelta(seconds=1)


@pytest.mark.parametrize("state", [State.RECEIVING, State.CHECKING])
def test_overdue_upload_ends_and_its_file_goes(state: str) -> None:
    upload = spooled(state=state, expires_at=past())
    assert expire_uploads() == 1
    upload.refresh_from_db()
    assert upload.state == State.EXPIRED
    assert not upload.spool_path.exists()


def test_upload_that_may_go_on_is_left_alone() -> None:
    upload = spooled()
    assert expire_uploads() == 0
    upload.refresh_from_db()
    assert upload.state == State.RECEIVING
    assert upload.spool_path.exists()


@pytest.mark.parametrize("state", [State.DONE, State.REFUSED, State.EXPIRED])
def test_file_that_a_killed_server_left_goes(state: str) -> None:
    upload = spooled(state=state)
    orphan = spool.spool_folder() / "0000.part"
    orphan.write_bytes(b"x")
    expire_uploads()
    assert not upload.spool_path.exists()
    assert not orphan.exists()


def test_other_files_in_the_folder_are_left_alone() -> None:
    other: Path = spool.spool_folder() / "readme.txt"
    other.write_bytes(b"x")
    expire_uploads()
    assert other.exists()


def test_upload_that_is_being_written_to_is_left_alone() -> None:
    upload = spooled(expires_at=past())
    with held_elsewhere(upload):
        assert expire_uploads() == 0
    assert expire_uploads() == 1
