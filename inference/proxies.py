"""The playback copy of a recording that browsers cannot play as it is."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

from django.core.files import File
from django.db import transaction

from courses.models import Recording
from inference.runner import local_file
from inference.vision.proxy import write_proxy

logger = logging.getLogger(__name__)


def proxy_ensure(recording_id: int) -> None:
    """Write and attach the copy; a second call, or a second worker, changes nothing."""
    recording = Recording.objects.get(pk=recording_id)
    if recording.proxy or recording.is_browser_playable:
        return
    with tempfile.TemporaryDirectory() as folder, local_file(recording.file) as source:
        target = Path(folder) / "proxy.mp4"
        write_proxy(source, target)
        _attach(recording_id, target)


@transaction.atomic
def _attach(recording_id: int, path: Path) -> None:
    recording = Recording.objects.select_for_update().get(pk=recording_id)
    if recording.proxy:
        return
    with path.open("rb") as stream:
        recording.proxy.save("proxy.mp4", File(stream), save=False)
    recording.save(update_fields=["proxy"])
