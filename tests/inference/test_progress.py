from __future__ import annotations

import pytest

from inference.models import AnalysisRun
from inference.progress import Progress, publish
from inference.stages import FACES, SCORES


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_progress_never_goes_back() -> None:
    progress = Progress()
    progress.update(30, 60)
    before = progress.share
    progress.update(20, 60)
    assert progress.share == before


def test_remaining_time_follows_the_speed_of_this_run() -> None:
    clock = Clock()
    progress = Progress(clock=clock)
    for second in range(61):
        progress.update(second, 600)
        clock.now += 1
    assert progress.eta_s == pytest.approx(540, rel=0.05)


def test_a_resumed_run_counts_its_speed_from_where_it_goes_on() -> None:
    clock = Clock()
    progress = Progress(clock=clock)
    for second in range(300, 331):
        progress.update(second, 600)
        clock.now += 1
    assert progress.eta_s == pytest.approx(270, rel=0.05)


def test_a_run_that_slows_down_takes_longer() -> None:
    clock = Clock()
    progress = Progress(clock=clock)
    for second in range(60):
        progress.update(second, 600)
        clock.now += 1 if second < 30 else 4
    assert progress.eta_s is not None
    assert progress.eta_s > 1500


def test_remaining_time_is_unknown_at_first() -> None:
    progress = Progress()
    assert progress.eta_s is None
    progress.update(1, 600)
    assert progress.eta_s is None


def test_stages_follow_each_other() -> None:
    progress = Progress()
    progress.update(60, 60)
    assert (progress.stage, round(progress.share, 2)) == (FACES, 0.98)
    progress.enter(SCORES)
    assert progress.stage == SCORES


def test_a_recording_without_length_does_not_divide_by_zero() -> None:
    progress = Progress()
    progress.update(0, 0)
    assert progress.stage == FACES


@pytest.mark.django_db
def test_a_lost_broker_is_no_reason_to_fail(
    run: AnalysisRun, settings: object, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CHANNEL_LAYERS = {  # type: ignore[attr-defined]
        "default": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": ["redis://127.0.0.1:9/0"]}}
    }
    publish(run)
    assert "could not be sent" in caplog.text
