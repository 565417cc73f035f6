"""Extra estimates in the worker: the policy decides what runs, and a resumed run gives the same to the last bit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from courses.models import Course, DeploymentPolicy, ExtraEstimates, Lecture, Mode
from inference import runner, services, store
from inference.blocks import unpack
from inference.evidence import Evidence
from inference.execution import failure_of
from inference.lease import Lease, claim
from inference.models import AnalysisPart, AnalysisRun, ModelVersion, ObservationBlock, SegmentScore
from inference.monitor import Monitor
from inference.results import EXTRA_LABELS, extra_columns
from inference.versions import extra_version
from inference.vision.stages import estimate
from inference.vision.types import Observation
from inference.vision.weights import WeightsError
from tests import factories
from tests.inference.parts import CARD_LABELS, parts, varied
from tests.inference.vision.tiny import LABELS, tiny_card, tiny_extras, tiny_network

__all__ = ["tiny_extras"]
COLUMNS = tuple(column for name in EXTRA_LABELS for column in extra_columns(name))
BLACK_BOX = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_pipelines() -> Iterator[None]:
    """Keep tiny networks out of the pipelines that a process keeps."""
    runner._opened.cache_clear()
    yield
    runner._opened.cache_clear()


@pytest.fixture
def short_parts(settings: Any) -> None:
    settings.ANALYSIS_PART_S = 2.0


def allow(course: Course, choice: ExtraEstimates, mode: Mode = Mode.INDIVIDUAL) -> DeploymentPolicy:
    return factories.policy(course.institution, mode, extra_estimates=choice)


def requested(lecture: Lecture, clips: Path) -> AnalysisRun:
    recording = getattr(lecture, "recording", None) or factories.recording_of(
        clips / "single_face.mp4", lecture, duration_s=5.0
    )
    return services.run_request(recording, requested_by=None)


def work(run: AnalysisRun) -> AnalysisRun:
    lease = claim(run.pk)
    assert lease is not None
    with Monitor(lease) as monitor:
        runner.run(lease, monitor)
    return AnalysisRun.objects.get(pk=run.pk)


def extra_values(run: AnalysisRun) -> list[tuple[float | None, ...]]:
    return list(SegmentScore.objects.filter(run=run).order_by("pk").values_list(*COLUMNS))


def blocks_of(run: AnalysisRun) -> list[bytes]:
    rows = ObservationBlock.objects.filter(run=run).order_by("part_index", "track__number")
    return [bytes(data) for data in rows.values_list("data", flat=True)]


@BLACK_BOX
@pytest.mark.weights
def test_a_chosen_estimate_runs_is_recorded_and_goes_on_to_the_bit(
    lecture: Lecture, clips: Path, short_parts: None, tiny_extras: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(lecture.course, ExtraEstimates.BOTH)
    whole = work(requested(lecture, clips))
    assert sorted(tiny_extras) == ["drsn", "ds_efficientnet", "eca_resnet"]
    names = [version.version for version in whole.extra_versions.values()]
    assert (whole.extra_estimates, names) == (["valence", "basic"], ["eca_resnet", "ds_efficientnet"])
    assert all(set(unpack(data).extras) == {"valence", "basic"} for data in blocks_of(whole))

    broken = requested(lecture, clips)
    store_part = store.part_store

    def lose_power(lease: Lease, run: AnalysisRun, part: Any, **facts: Any) -> None:
        if part.index == 1:
            raise SystemExit
        store_part(lease, run, part, **facts)

    with monkeypatch.context() as patch:
        patch.setattr(store, "part_store", lose_power)
        with pytest.raises(SystemExit):
            work(broken)
    AnalysisRun.objects.filter(pk=broken.pk).update(state=AnalysisRun.State.PENDING, lease_owner="")
    again = work(broken)
    assert again.parts_done == whole.parts_done > 1
    assert (blocks_of(again), extra_values(again)) == (blocks_of(whole), extra_values(whole))


@BLACK_BOX
@pytest.mark.weights
def test_a_policy_that_became_narrower_is_obeyed_and_a_wider_one_waits_for_the_next_run(
    lecture: Lecture, clips: Path, tiny_extras: list[str]
) -> None:
    allow(lecture.course, ExtraEstimates.VALENCE)
    run = requested(lecture, clips)
    allow(lecture.course, ExtraEstimates.BASIC)
    done = work(run)
    assert tiny_extras == ["drsn"]
    assert (done.extra_estimates, done.extra_versions) == ([], {})
    assert all(unpack(data).extras == {} for data in blocks_of(done))
    assert {value for row in extra_values(done) for value in row} == {None}
    assert requested(lecture, clips).extra_estimates == ["basic"]


@pytest.mark.django_db
def test_nothing_extra_is_asked_for_where_nothing_was_chosen(lecture: Lecture) -> None:
    run = services.run_request(factories.RecordingFactory(lecture=lecture), requested_by=None)
    assert run.extra_estimates == []


@BLACK_BOX
@pytest.mark.weights
def test_missing_weights_stop_the_run_before_anything_is_stored(
    lecture: Lecture, clips: Path, tiny_extras: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_basic(name: str) -> Any:
        if name == "ds_efficientnet":
            raise WeightsError("No weight card.")
        return tiny_network(name)

    monkeypatch.setattr(estimate, "load_network", without_basic)
    allow(lecture.course, ExtraEstimates.BOTH)
    run = requested(lecture, clips)
    with pytest.raises(WeightsError, match="estimate 'basic' was chosen") as refusal:
        work(run)
    assert failure_of(refusal.value)[0] == "weights"
    assert not AnalysisPart.objects.exists()


def test_a_card_with_other_labels_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Opened:
        extra_cards = {"valence": replace(tiny_card("eca_resnet"), labels=("good", "bad", "ugly"))}

    with pytest.raises(WeightsError, match="needs the labels negative, neutral, positive"):
        extra_version(Opened(), "valence")  # type: ignore[arg-type]


@pytest.mark.django_db
def test_a_course_without_an_emotion_model_asks_for_nothing_extra(lecture: Lecture) -> None:
    allow(lecture.course, ExtraEstimates.BOTH)
    Course.objects.update(mode=Mode.OBSERVABLE)
    lecture.course.refresh_from_db()
    run = services.run_request(factories.RecordingFactory(lecture=lecture), requested_by=None)
    assert run.extra_estimates == []


def leaning(track: int, time_s: float) -> Observation:
    """A face whose extra estimates lean to positive and to sad, in the order of the tiny cards."""
    extras = {
        "valence": np.array([0.7, 0.1, 0.2], np.float32),
        "basic": np.array([0.2, 0, 0.8, 0, 0, 0, 0], np.float32),
    }
    return replace(varied(track, time_s), extras=extras)


def with_extras(run: AnalysisRun) -> AnalysisRun:
    for name, family in (("valence", "eca_resnet"), ("basic", "ds_efficientnet")):
        facts = {"family": family, "version": "1", "labels": list(LABELS[family]), "card": {}}
        setattr(run, f"{name}_version", ModelVersion.objects.create(sha256=family, **facts))
    run.save()
    return run


@pytest.mark.django_db
def test_labels_of_the_cards_are_matched_by_name_for_people_and_class(run: AnalysisRun, lease: Lease) -> None:
    with_extras(run)
    for part in parts(tracks=(1, 2, 3, 4, 5), make=leaning):
        store.part_store(lease, run, part, n_labels=len(CARD_LABELS))
    store.run_finish(lease, run)
    rows = SegmentScore.objects.filter(run=run)
    assert rows.filter(track=None).exists() and rows.exclude(track=None).exists()
    for row in rows:
        assert (row.valence_positive, row.valence_negative, row.valence_neutral) == pytest.approx(
            (0.7, 0.1, 0.2), abs=1e-3
        )
        assert (row.basic_sad, row.basic_neutral, row.basic_angry) == pytest.approx((0.8, 0.2, 0), abs=1e-3)


@pytest.mark.django_db
def test_stored_extras_of_a_run_that_may_not_show_them_are_not_scored(run: AnalysisRun, lease: Lease) -> None:
    for part in parts(make=leaning):
        store.part_store(lease, run, part, n_labels=len(CARD_LABELS))
    store.run_finish(lease, run)
    assert {value for row in extra_values(run) for value in row} == {None}


@pytest.mark.django_db
def test_parts_without_an_estimate_count_as_not_measured(run: AnalysisRun, lease: Lease) -> None:
    with_extras(run)
    for part in parts(tracks=(1,), make=lambda track, time_s: (leaning if time_s < 60 else varied)(track, time_s)):
        store.part_store(lease, run, part, n_labels=len(CARD_LABELS))
    store.run_finish(lease, run)
    rows = SegmentScore.objects.filter(run=run, track__number=1, segment__kind="fixed").order_by("segment__index")
    assert [row.valence_positive is not None for row in rows] == [True, True, False, False, False, False]


@pytest.mark.django_db
def test_aggregate_keeps_the_class_shares_and_nobodys(run: AnalysisRun, lease: Lease) -> None:
    run.mode = Mode.AGGREGATE
    labels = {"valence": LABELS["eca_resnet"], "basic": LABELS["ds_efficientnet"]}
    evidence = Evidence(CARD_LABELS, extra_labels=labels)
    for part in parts(tracks=(1, 2, 3, 4, 5), make=leaning):
        evidence.add(part)
    store.run_finish(lease, run, evidence)
    rows = SegmentScore.objects.filter(run=run)
    assert {row.valence_positive is not None for row in rows} == {True}
    assert not rows.exclude(track=None, student=None).exists()
    assert not ObservationBlock.objects.exists()


def test_a_run_goes_on_with_the_network_of_basic_emotions_that_it_began_with(
    lecture: Lecture, clips: Path, settings: Any
) -> None:
    allow(lecture.course, ExtraEstimates.BASIC)
    run, settings.ANALYSIS_BASIC_NETWORK = requested(lecture, clips), "cnn_lstm"
    run.basic_version = ModelVersion(family="ds_efficientnet")
    assert runner.basic_family(run) == "cnn_lstm"
    run.parts_done = 1
    assert runner.basic_family(run) == "ds_efficientnet"


def test_a_run_that_reads_windows_goes_on_reading_windows(lecture: Lecture, clips: Path, settings: Any) -> None:
    allow(lecture.course, ExtraEstimates.BASIC)
    run, settings.ANALYSIS_BASIC_NETWORK = requested(lecture, clips), "cnn_lstm_windows"
    run.basic_version, run.parts_done = ModelVersion(family="cnn_lstm"), 1
    assert runner.basic_family(run) == "cnn_lstm_windows"
