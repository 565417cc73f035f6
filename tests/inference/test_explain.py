"""What made a score: its parts add up to what is stored, and every sampled moment is told."""

from __future__ import annotations

from typing import Any

import pytest

from courses.models import Segment
from inference import services, store
from inference.explain import NOT_VISIBLE, Explanation, explain
from inference.lease import Lease
from inference.models import AnalysisRun, FaceTrack, SegmentScore
from inference.vision.types import Observation, Part
from tests.inference.parts import CARD_LABELS, DISTRACTED, FOCUSED, face, parts

pytestmark = pytest.mark.django_db


def explained(run: AnalysisRun, track: FaceTrack | None, segment: Segment) -> Explanation:
    assert track is not None
    return explain(run, [track.pk], start_s=segment.start_s, end_s=segment.end_s)


@pytest.mark.parametrize("profile", ["default", "head-only"])
def test_the_points_of_the_signals_add_up_to_the_stored_score(finished: AnalysisRun, profile: str) -> None:
    services.run_rescore(finished, profile=profile)
    scores = SegmentScore.objects.filter(run=finished, track__isnull=False).select_related("track", "segment")
    checked = [score for score in scores if score.concentration is not None]
    assert checked
    for score in checked[::5]:
        made = explained(finished, score.track, score.segment)
        assert sum(part.points or 0.0 for part in made.parts) == pytest.approx(score.concentration, abs=1e-6)


def test_the_moments_average_to_the_stored_score_whatever_the_formula(finished: AnalysisRun) -> None:
    services.run_rescore(finished, profile="sharma")
    score = SegmentScore.objects.filter(run=finished, track__isnull=False, concentration__isnull=False).first()
    assert score is not None
    assert score.track is not None
    made = explained(finished, score.track, score.segment)
    values = [moment.index for moment in made.moments if moment.index is not None]
    assert sum(values) / len(values) == pytest.approx(score.concentration, abs=1e-6)
    assert {part.points for part in made.parts} == {None}


def test_every_sampled_frame_is_a_moment_with_its_reason(run: AnalysisRun, lease: Lease) -> None:
    def make(track: int, time_s: float) -> Observation:
        return face(track, time_s, rejection="blurred" if 10 <= time_s < 15 else "")

    for part in parts(n_parts=1, tracks=(1,), make=make):
        left = tuple(seen for seen in part.observations if not 20 <= seen.timestamp_s < 23)
        changed = Part(part.index, part.start_s, part.end_s, part.frame_times_s, left, part.tracker_state)
        store.part_store(lease, run, changed, n_labels=len(CARD_LABELS))
    store.run_finish(lease, run)
    run.refresh_from_db()
    made = explain(run, [FaceTrack.objects.get(run=run).pk], start_s=0, end_s=30)
    assert [moment.time_s for moment in made.moments] == list(range(30))
    reasons = {moment.time_s: moment.reason for moment in made.moments if moment.reason}
    assert reasons == dict.fromkeys(range(10, 15), "blurred") | dict.fromkeys(range(20, 23), NOT_VISIBLE)
    assert all(moment.index is None for moment in made.moments if moment.reason)
    assert {moment.label for moment in made.moments if not moment.reason} == {"focused"}


def test_states_lie_inside_the_stretch_and_do_not_flicker(run: AnalysisRun, lease: Lease) -> None:
    def make(track: int, time_s: float) -> Observation:
        # Focused, with one distracted frame at 10 s; distracted from 40 s on.
        return face(track, time_s, probabilities=DISTRACTED if time_s == 10 or time_s >= 40 else FOCUSED)

    for part in parts(n_parts=1, tracks=(1,), make=make):
        store.part_store(lease, run, part, n_labels=len(CARD_LABELS))
    store.run_finish(lease, run)
    run.refresh_from_db()
    made = explain(run, [FaceTrack.objects.get(run=run).pk], start_s=30, end_s=60)
    assert [state.label for state in made.states] == ["focused", "distracted"]
    assert made.states[0].start_s == 30
    assert made.states[1].start_s == pytest.approx(40, abs=2)
    whole = explain(run, [FaceTrack.objects.get(run=run).pk], start_s=0, end_s=30)
    assert [state.label for state in whole.states] == ["focused"]
    assert made.agreement is None


def test_an_explanation_takes_two_queries(finished: AnalysisRun, django_assert_num_queries: Any) -> None:
    track = FaceTrack.objects.filter(run=finished).first()
    assert track is not None
    run = AnalysisRun.objects.select_related("model_version").get(pk=finished.pk)
    with django_assert_num_queries(2):
        explain(run, [track.pk], start_s=0, end_s=30)
