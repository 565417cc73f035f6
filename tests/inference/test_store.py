from __future__ import annotations

import time

import pytest

from courses.models import Mode, Segment
from inference import store
from inference.evidence import Evidence
from inference.lease import Lease, LeaseLost, release
from inference.models import AnalysisPart, AnalysisRun, FaceTrack, ObservationBlock, SegmentScore
from inference.results import LABELS
from tests.inference.parts import CARD_LABELS, DISTRACTED, FOCUSED, face, parts

N_LABELS = len(CARD_LABELS)
VALUES = ("segment__kind", "segment__index", "track__number", "concentration", "concentration_low", "coverage", *LABELS)
pytestmark = pytest.mark.django_db


def score_values(run: AnalysisRun) -> list[tuple[object, ...]]:
    """Return the run's scores without their row numbers: what two runs have to agree on to the last bit."""
    return sorted(SegmentScore.objects.filter(run=run).values_list(*VALUES), key=str)


def test_a_part_is_stored_with_its_tracks_and_blocks(run: AnalysisRun, lease: Lease) -> None:
    store.part_store(lease, run, next(parts()), n_labels=N_LABELS)
    run.refresh_from_db()
    assert run.parts_done == 1
    assert AnalysisPart.objects.get(run=run).tracker_state == {"next": 3}
    assert list(FaceTrack.objects.values_list("number", "n_observations", "last_s")) == [(1, 60, 59.0), (2, 60, 59.0)]
    assert ObservationBlock.objects.count() == 2


def test_a_later_part_extends_the_tracks(run: AnalysisRun, lease: Lease) -> None:
    for part in parts(n_parts=2, make=lambda track, time_s: face(track, time_s)):
        store.part_store(lease, run, part, n_labels=N_LABELS)
    track = FaceTrack.objects.get(run=run, number=1)
    assert (track.first_s, track.last_s, track.best_s, track.n_observations) == (0.0, 119.0, 119.0, 120)
    assert track.best_bbox_xyxy == [10.0, 20.0, 60.0, 80.0]


def test_a_part_that_is_stored_twice_counts_once(run: AnalysisRun, lease: Lease) -> None:
    part = next(parts())
    store.part_store(lease, run, part, n_labels=N_LABELS)
    store.part_store(lease, run, part, n_labels=N_LABELS)
    assert FaceTrack.objects.get(run=run, number=1).n_observations == 60
    assert ObservationBlock.objects.count() == 2


def test_whoever_lost_the_lease_writes_nothing(run: AnalysisRun, lease: Lease) -> None:
    release(lease)
    with pytest.raises(LeaseLost):
        store.part_store(lease, run, next(parts()), n_labels=N_LABELS)
    with pytest.raises(LeaseLost):
        store.run_finish(lease, run)
    assert not FaceTrack.objects.exists()
    assert not SegmentScore.objects.exists()


def test_a_part_out_of_order_is_refused(run: AnalysisRun, lease: Lease) -> None:
    with pytest.raises(LeaseLost):
        store.part_store(lease, run, list(parts())[1], n_labels=N_LABELS)


def test_finishing_writes_a_row_a_person_and_segment_and_one_for_the_class(finished: AnalysisRun) -> None:
    fixed = SegmentScore.objects.filter(run=finished, segment__kind=Segment.Kind.FIXED)
    assert fixed.filter(track=None).count() == 6
    assert fixed.exclude(track=None).count() == 6 * 6
    assert SegmentScore.objects.filter(run=finished, segment__kind=Segment.Kind.SUMMARY).count() == 4 * 7
    assert (finished.state, finished.progress, finished.lease_expires_at) == (AnalysisRun.State.SUCCESS, 1.0, None)


def test_the_networks_labels_are_matched_by_name(run: AnalysisRun, lease: Lease) -> None:
    for part in parts(make=lambda track, time_s: face(track, time_s, probabilities=FOCUSED)):
        store.part_store(lease, run, part, n_labels=N_LABELS)
    store.run_finish(lease, run)
    row = SegmentScore.objects.filter(run=run, track__number=1).first()
    assert row is not None
    assert (row.focused, row.happy) == (1.0, 0.0)
    assert row.concentration == pytest.approx(100.0)


def test_scores_again_replace_the_scores_and_are_the_same(finished: AnalysisRun) -> None:
    before, ids = score_values(finished), set(SegmentScore.objects.values_list("pk", flat=True))
    store.scores_from_blocks(finished)
    assert score_values(finished) == before
    assert ids.isdisjoint(SegmentScore.objects.values_list("pk", flat=True))


def test_segments_are_made_once(finished: AnalysisRun) -> None:
    before = list(Segment.objects.values_list("pk", flat=True))
    store.scores_from_blocks(finished)
    assert list(Segment.objects.values_list("pk", flat=True)) == before


@pytest.mark.parametrize("mode", [Mode.AGGREGATE, Mode.OBSERVABLE])
def test_without_individual_values_no_row_of_a_person_is_written(run: AnalysisRun, lease: Lease, mode: Mode) -> None:
    run.mode = mode
    evidence = Evidence(CARD_LABELS if mode == Mode.AGGREGATE else ())
    seen = DISTRACTED if mode == Mode.AGGREGATE else None
    for part in parts(tracks=(1, 2, 3, 4, 5), make=lambda track, time_s: face(track, time_s, probabilities=seen)):
        evidence.add(part)
    store.run_finish(lease, run, evidence)
    assert not FaceTrack.objects.exists()
    assert not ObservationBlock.objects.exists()
    assert not AnalysisPart.objects.exists()
    scores = SegmentScore.objects.filter(run=run)
    assert scores.count() == 10
    assert not scores.exclude(track=None, student=None).exists()


def test_observable_has_eyes_and_heads_and_nothing_else(run: AnalysisRun, lease: Lease) -> None:
    run.mode = Mode.OBSERVABLE
    evidence = Evidence(())
    for part in parts(make=lambda track, time_s: face(track, time_s, probabilities=None, eye_openness=0.05)):
        evidence.add(part)
    store.run_finish(lease, run, evidence)
    row = SegmentScore.objects.filter(run=run).first()
    assert row is not None
    assert (row.eyes_closed_share, row.head_turned_share, row.coverage) == (1.0, 0.0, 1.0)
    assert row.concentration is row.focused is row.concentration_low is None


def test_nobody_in_the_recording_gives_class_rows_without_values(run: AnalysisRun, lease: Lease) -> None:
    for part in parts(tracks=()):
        store.part_store(lease, run, part, n_labels=N_LABELS)
    store.run_finish(lease, run)
    rows = SegmentScore.objects.filter(run=run)
    assert rows.count() == 10
    assert set(rows.values_list("concentration", "coverage", "n_people")) == {(None, 0.0, 0)}


@pytest.mark.slow
def test_an_hour_of_forty_people_is_scored_in_seconds(run: AnalysisRun, lease: Lease) -> None:
    run.recording.duration_s = 3600
    for part in parts(n_parts=60, tracks=tuple(range(1, 41)), make=lambda track, time_s: face(track, time_s)):
        store.part_store(lease, run, part, n_labels=N_LABELS)
    start_s = time.monotonic()
    store.run_finish(lease, run)
    elapsed_s = time.monotonic() - start_s
    assert SegmentScore.objects.filter(run=run).count() == 41 * 124
    print(f"scored and stored in {elapsed_s:.2f} s")  # noqa: T201


def test_a_finished_run_keeps_nothing_that_the_tracker_remembered(finished: AnalysisRun) -> None:
    states = AnalysisPart.objects.filter(run=finished).values_list("tracker_state", flat=True)
    assert list(states) == [{}, {}, {}]
