from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from courses.models import Lecture, Recording
from inference.proxies import proxy_ensure
from inference.vision.media import is_browser_playable, probe
from tests import factories


@pytest.fixture
def recording(lecture: Lecture, tmp_path: Path) -> Recording:
    """A second of film in a codec that no browser plays."""
    path = tmp_path / "old.avi"
    with av.open(str(path), "w") as writer:
        stream = writer.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for level in range(10):
            frame = av.VideoFrame.from_ndarray(np.full((240, 320, 3), 20 * level, np.uint8), format="bgr24")
            writer.mux(stream.encode(frame))
        writer.mux(stream.encode())
    return factories.recording_of(path, lecture, is_browser_playable=False)


@pytest.mark.django_db
def test_a_recording_that_browsers_cannot_play_gets_a_copy_that_they_can(recording: Recording) -> None:
    proxy_ensure(recording.pk)
    recording.refresh_from_db()
    assert is_browser_playable(probe(Path(recording.proxy.path)))


@pytest.mark.django_db
def test_a_second_call_changes_nothing(recording: Recording) -> None:
    proxy_ensure(recording.pk)
    recording.refresh_from_db()
    first = recording.proxy.name
    proxy_ensure(recording.pk)
    recording.refresh_from_db()
    assert recording.proxy.name == first
    assert len(list(Path(recording.proxy.path).parent.glob("*.mp4"))) == 1


@pytest.mark.django_db
def test_a_recording_that_browsers_play_gets_no_copy(recording: Recording) -> None:
    Recording.objects.update(is_browser_playable=True)
    proxy_ensure(recording.pk)
    recording.refresh_from_db()
    assert not recording.proxy
