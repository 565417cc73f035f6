from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from courses.models import Lecture, Mode
from courses.policy import PolicyDenied
from inference import runner, store
from inference.lease import Lease, LeaseLost, RunCancelled, claim, release
from inference.models import AnalysisPart, AnalysisRun, FaceTrack, ModelVersion, ObservationBlock, SegmentScore
from inference.monitor import Monitor
from inference.vision import families
from inference.vision.media import MediaError
from inference.vision.weights import WeightCard
from tests import factories
from tests.inference.test_store import score_values

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.weights]
State = AnalysisRun.State


def run_of(path: Path, lecture: Lecture, policy: object, **fields: object) -> tuple[AnalysisRun, Lease]:
    recording = factories.recording_of(path, lecture, duration_s=fields.pop("duration_s", 19.7))
    run = factories.AnalysisRunFactory(recording=recording, policy=policy, segment_s=10, **fields)
    lease = claim(run.pk)
    assert lease is not None
    return run, lease


def work(lease: Lease) -> None:
    with Monitor(lease) as monitor:
        runner.run(lease, monitor)


@pytest.fixture
def short_parts(settings: object) -> None:
    settings.ANALYSIS_PART_S = 5.0  # type: ignore[attr-defined]


@pytest.fixture
def no_weights_opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list of weight files that were opened."""
    opened: list[str] = []
    build = families.build_network

    def counted(kind: object, card: WeightCard) -> object:
        opened.append(card.name)
        return build(kind, card)

    monkeypatch.setattr(families, "build_network", counted)
    return opened


def test_a_real_recording_becomes_scores(lecture: Lecture, policy: object, clips: Path, short_parts: None) -> None:
    run, lease = run_of(clips / "WolfgangLanger_Pexels.mp4", lecture, policy)
    work(lease)
    run.refresh_from_db()
    assert (run.state, run.parts_done, run.formula_version) == (State.SUCCESS, 4, "default-2")
    assert run.device in {"cpu", "cuda"}
    assert run.model_version == ModelVersion.objects.get()
    assert FaceTrack.objects.filter(run=run).exists()
    best = SegmentScore.objects.filter(run=run).exclude(track=None).order_by("-coverage").first()
    assert best is not None
    assert best.concentration is not None
    assert 0 <= best.concentration <= 100
    mix = (best.focused, best.distracted, best.curious, best.confused, best.tired, best.happy)
    assert sum(value or 0 for value in mix) == pytest.approx(1, abs=0.01)


def test_a_run_goes_on_from_its_last_stored_part_with_the_same_scores(
    lecture: Lecture, policy: object, clips: Path, short_parts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, lease = run_of(clips / "WolfgangLanger_Pexels.mp4", lecture, policy)
    work(lease)
    broken = factories.AnalysisRunFactory(recording=whole.recording, policy=policy, segment_s=10)
    lease = claim(broken.pk)  # type: ignore[assignment]
    store_part = store.part_store
    stored: list[int] = []

    def lose_power(*args: Any, **kwargs: Any) -> None:
        if len(stored) == 2:
            raise SystemExit
        store_part(*args, **kwargs)
        stored.append(1)

    with monkeypatch.context() as patch:
        patch.setattr(store, "part_store", lose_power)
        with pytest.raises(SystemExit):
            work(lease)
    broken.refresh_from_db()
    assert broken.parts_done == 2
    work(lease)
    assert score_values(broken) == score_values(whole)
    assert [part.tracker_state for part in broken.parts.all()] == [part.tracker_state for part in whole.parts.all()]


def test_nobody_in_the_recording_is_a_success_without_values(lecture: Lecture, policy: object, clips: Path) -> None:
    run, lease = run_of(clips / "no_face.mp4", lecture, policy, duration_s=3.9)
    work(lease)
    run.refresh_from_db()
    assert run.state == State.SUCCESS
    assert not SegmentScore.objects.exclude(concentration=None).exists()
    assert SegmentScore.objects.filter(run=run, n_observations=0).exists()


def test_observable_never_opens_the_emotion_weights(
    lecture: Lecture, policy: object, clips: Path, no_weights_opened: list[str]
) -> None:
    run, lease = run_of(clips / "WolfgangLanger_Pexels.mp4", lecture, policy, mode=Mode.OBSERVABLE)
    work(lease)
    run.refresh_from_db()
    assert no_weights_opened == []
    assert (run.state, run.model_version, run.formula_version) == (State.SUCCESS, None, "no-emotion-2")
    row = SegmentScore.objects.order_by("-coverage").first()
    assert row is not None
    assert row.coverage > 0
    assert row.concentration is row.happy is None


@pytest.mark.parametrize("mode", [Mode.AGGREGATE, Mode.OBSERVABLE])
def test_no_row_of_a_person_is_written_where_the_mode_is_not_individual(
    lecture: Lecture, policy: object, clips: Path, mode: Mode
) -> None:
    run, lease = run_of(clips / "WolfgangLanger_Pexels.mp4", lecture, policy, mode=mode)
    work(lease)
    for model in (FaceTrack, ObservationBlock, AnalysisPart):
        assert not model.objects.exists()
    assert not SegmentScore.objects.exclude(track=None, student=None).exists()
    assert SegmentScore.objects.filter(run=run, coverage__gt=0).exists()


def test_a_policy_that_became_stricter_stops_the_run_before_weights_are_opened(
    lecture: Lecture, policy: object, clips: Path, no_weights_opened: list[str]
) -> None:
    _run, lease = run_of(clips / "WolfgangLanger_Pexels.mp4", lecture, policy)
    factories.policy(lecture.institution, Mode.OBSERVABLE)
    with pytest.raises(PolicyDenied):
        work(lease)
    assert no_weights_opened == []


def test_a_cancel_stops_the_run_at_its_next_step(lecture: Lecture, policy: object, clips: Path) -> None:
    run, lease = run_of(clips / "WolfgangLanger_Pexels.mp4", lecture, policy, sample_fps=5.0)
    AnalysisRun.objects.update(is_cancel_requested=True)
    with pytest.raises(RunCancelled):
        work(lease)
    assert not SegmentScore.objects.filter(run=run).exists()


def test_a_lost_lease_stops_the_run(lecture: Lecture, policy: object, clips: Path) -> None:
    run, lease = run_of(clips / "WolfgangLanger_Pexels.mp4", lecture, policy, sample_fps=5.0)
    release(lease)
    assert claim(run.pk)
    with pytest.raises(LeaseLost):
        work(lease)


def test_a_file_that_is_no_video_says_so(lecture: Lecture, policy: object, tmp_path: Path) -> None:
    path = tmp_path / "notes.mp4"
    path.write_text("these are notes")
    _run, lease = run_of(path, lecture, policy)
    with pytest.raises(MediaError, match="not a video"):
        work(lease)


@pytest.mark.parametrize(
    ("mode", "is_open"), [(Mode.INDIVIDUAL, True), (Mode.AGGREGATE, False), (Mode.OBSERVABLE, False)]
)
def test_faces_are_embedded_in_mode_individual_alone(
    lecture: Lecture, policy: object, clips: Path, no_weights_opened: list[str], mode: Mode, *, is_open: bool
) -> None:
    runner._opened.cache_clear()
    run, _lease = run_of(clips / "WolfgangLanger_Pexels.mp4", lecture, policy, mode=mode)
    pipeline = runner.open_pipeline(run)
    assert (pipeline.embed is not None) == is_open
    assert ("facenet" in no_weights_opened) == is_open
