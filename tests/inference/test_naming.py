"""Who tracks show: merged, split, marked and undone, with the scores that follow."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from courses.models import Course, Lecture, Mode, Student, User
from courses.policy import PolicyDenied
from inference import services, store
from inference.blocks import unpack
from inference.errors import NamedDifferently, NothingToSplit, NothingToUndo, OtherRole, RunIsNotFinished, SeenTogether
from inference.models import AnalysisRun, FaceTrack, ObservationBlock, SegmentScore, TrackEdit
from inference.selectors import report
from inference.together import first_shared_s, pairs_together, seen_times
from tests import factories
from tests.inference.relay import relay_run
from tests.inference.test_store import score_values

Role = FaceTrack.Role
pytestmark = pytest.mark.django_db


@pytest.fixture
def relay(lecture: Lecture, policy: object) -> AnalysisRun:
    return relay_run(lecture, policy)


@pytest.fixture
def dana(course: Course) -> Student:
    return factories.enroll(course, name="Dana")[0]


def track(run: AnalysisRun, number: int) -> FaceTrack:
    return FaceTrack.objects.select_related("run__recording__lecture__course").get(run=run, number=number)


def people(run: AnalysisRun) -> list[str]:
    found = report(run.recording.lecture)
    assert found
    return [person.name for person in found.people]


def class_people(run: AnalysisRun) -> set[int]:
    return set(SegmentScore.objects.filter(run=run, track=None, student=None).values_list("n_people", flat=True))


def observations(run: AnalysisRun) -> list[tuple[Any, ...]]:
    """Return every stored value of a run, by time and box, whatever track it belongs to."""
    found = []
    for row in ObservationBlock.objects.filter(run=run):
        block = unpack(row.data)
        assert row.n_observations == len(block.times_s)
        for k, time_s in enumerate(block.times_s):
            values = block.columns[:, k].tolist() + block.probabilities[k].tolist()
            found.append((float(time_s), tuple(block.boxes_px[k].tolist()), str(values)))
    return sorted(found)


class TestMerge:
    def test_two_tracks_become_one_person_without_a_name(self, relay: AnalysisRun, alice: User) -> None:
        services.track_merge(track(relay, 7), into=track(relay, 6), user=alice)
        assert people(relay) == [f"Person {n}" for n in range(1, 7)]
        row = SegmentScore.objects.get(run=relay, track__number=6, segment__kind="summary", segment__index=0)
        assert (row.n_observations, row.coverage) == (180, 1.0)
        assert not SegmentScore.objects.filter(track__number=7).exists()

    def test_the_first_track_stands_for_both_whichever_is_merged_into_which(
        self, relay: AnalysisRun, alice: User
    ) -> None:
        services.track_merge(track(relay, 6), into=track(relay, 7), user=alice)
        assert track(relay, 7).merged_into == track(relay, 6)
        assert track(relay, 6).merged_into is None

    def test_two_who_are_seen_together_cannot_be_merged(self, relay: AnalysisRun, alice: User) -> None:
        before = score_values(relay)
        with pytest.raises(SeenTogether, match="same time"):
            services.track_merge(track(relay, 1), into=track(relay, 2), user=alice)
        assert score_values(relay) == before
        assert not TrackEdit.objects.exists()

    def test_a_person_of_two_tracks_cannot_take_in_who_is_seen_with_one(self, relay: AnalysisRun, alice: User) -> None:
        services.track_merge(track(relay, 7), into=track(relay, 6), user=alice)
        with pytest.raises(SeenTogether):
            services.track_merge(track(relay, 7), into=track(relay, 1), user=alice)

    def test_a_track_cannot_be_merged_with_itself_or_another_lectures(
        self, relay: AnalysisRun, alice: User, course: Course
    ) -> None:
        with pytest.raises(SeenTogether):
            services.track_merge(track(relay, 6), into=track(relay, 6), user=alice)
        other = factories.AnalysisRunFactory(
            recording__lecture=factories.LectureFactory(course=course), policy=relay.policy
        )
        foreign = FaceTrack.objects.create(
            institution=other.institution, run=other, number=1, first_s=0, last_s=1, best_s=0, best_bbox_xyxy=[0] * 4
        )
        with pytest.raises(SeenTogether):
            services.track_merge(track(relay, 6), into=foreign, user=alice)

    def test_the_name_of_one_is_the_name_of_both(self, relay: AnalysisRun, alice: User, dana: Student) -> None:
        services.track_assign(track(relay, 7), student=dana, user=alice)
        services.track_merge(track(relay, 7), into=track(relay, 6), user=alice)
        assert track(relay, 6).student == dana
        assert people(relay).count("Dana") == 1

    def test_a_name_given_to_one_of_merged_tracks_is_given_to_all(
        self, relay: AnalysisRun, alice: User, dana: Student
    ) -> None:
        services.track_merge(track(relay, 7), into=track(relay, 6), user=alice)
        services.track_assign(track(relay, 7), student=dana, user=alice)
        assert track(relay, 6).student == dana
        named = score_values(relay)
        services.run_rescore(relay)
        assert score_values(relay) == named

    def test_two_names_are_not_merged(self, relay: AnalysisRun, alice: User, dana: Student, course: Course) -> None:
        services.track_assign(track(relay, 6), student=dana, user=alice)
        services.track_assign(track(relay, 7), student=factories.enroll(course)[0], user=alice)
        with pytest.raises(NamedDifferently):
            services.track_merge(track(relay, 7), into=track(relay, 6), user=alice)

    def test_taking_apart_restores_the_scores(self, relay: AnalysisRun, alice: User) -> None:
        before = score_values(relay)
        services.track_merge(track(relay, 7), into=track(relay, 6), user=alice)
        services.track_unmerge(track(relay, 7), user=alice)
        assert score_values(relay) == before

    def test_when_the_first_leaves_the_others_stay_one_person(self, relay: AnalysisRun, alice: User) -> None:
        made = services.track_split(track(relay, 7), at_s=150, user=alice)
        for number in (7, made.number):
            services.track_merge(track(relay, number), into=track(relay, 6), user=alice)
        services.track_unmerge(track(relay, 6), user=alice)
        assert track(relay, made.number).merged_into == track(relay, 7)
        assert track(relay, 6).merged_into is None


class TestSplit:
    def test_a_split_loses_nothing_and_counts_two_people(self, relay: AnalysisRun, alice: User) -> None:
        before = observations(relay)
        made = services.track_split(track(relay, 1), at_s=70.5, user=alice)
        assert observations(relay) == before
        first, second = track(relay, 1), track(relay, made.number)
        assert (first.first_s, first.last_s, first.n_observations) == (0, 70, 71)
        assert (second.first_s, second.last_s, second.n_observations) == (71, 179, 109)
        assert first.best_s <= 70 < second.best_s
        assert f"Person {made.number}" in people(relay)

    def test_a_split_at_a_parts_border_moves_whole_blocks(self, relay: AnalysisRun, alice: User) -> None:
        made = services.track_split(track(relay, 1), at_s=60, user=alice)
        assert list(made.blocks.order_by("part_index").values_list("part_index", flat=True)) == [1, 2]
        assert track(relay, 1).blocks.count() == 1

    @pytest.mark.parametrize("at_s", [0.0, 180.0, -5.0])
    def test_nothing_on_one_side_is_refused(self, relay: AnalysisRun, alice: User, at_s: float) -> None:
        with pytest.raises(NothingToSplit):
            services.track_split(track(relay, 1), at_s=at_s, user=alice)
        assert not FaceTrack.objects.filter(number__gt=7).exists()

    def test_the_second_half_has_no_name(self, relay: AnalysisRun, alice: User, dana: Student) -> None:
        services.track_assign(track(relay, 1), student=dana, user=alice)
        made = services.track_split(track(relay, 1), at_s=90, user=alice)
        assert (track(relay, 1).student, made.student) == (dana, None)


class TestMark:
    def test_an_instructor_is_in_no_value(self, relay: AnalysisRun, alice: User) -> None:
        assert class_people(relay) == {6, 7}
        services.track_mark(track(relay, 1), role=Role.INSTRUCTOR, user=alice)
        assert class_people(relay) == {5, 6}
        assert "Person 1" not in people(relay)
        assert not SegmentScore.objects.filter(track__number=1).exists()

    def test_the_class_is_scored_as_if_a_photo_were_not_there(self, relay: AnalysisRun, alice: User) -> None:
        services.track_mark(track(relay, 1), role=Role.NOBODY, user=alice)
        marked = SegmentScore.objects.filter(run=relay, track=None, student=None).order_by("segment")
        values = list(marked.values_list("concentration", "coverage", "n_observations", "focused"))
        track(relay, 1).delete()
        store.scores_from_blocks(relay)
        gone = SegmentScore.objects.filter(run=relay, track=None, student=None).order_by("segment")
        assert list(gone.values_list("concentration", "coverage", "n_observations", "focused")) == values

    def test_a_mark_takes_the_name_and_a_marked_track_gets_none(
        self, relay: AnalysisRun, alice: User, dana: Student
    ) -> None:
        services.track_assign(track(relay, 1), student=dana, user=alice)
        services.track_mark(track(relay, 1), role=Role.INSTRUCTOR, user=alice)
        assert track(relay, 1).student is None
        with pytest.raises(OtherRole):
            services.track_assign(track(relay, 1), student=dana, user=alice)
        with pytest.raises(OtherRole):
            services.track_merge(track(relay, 1), into=track(relay, 2), user=alice)

    def test_marking_back_restores_the_scores(self, relay: AnalysisRun, alice: User) -> None:
        before = score_values(relay)
        for role in (Role.NOBODY, Role.STUDENT):
            services.track_mark(track(relay, 1), role=role, user=alice)
        assert score_values(relay) == before


class TestUndo:
    def test_every_change_can_be_undone_the_newest_first(self, relay: AnalysisRun, alice: User, dana: Student) -> None:
        scores, values = score_values(relay), observations(relay)
        services.track_assign(track(relay, 1), student=dana, user=alice)
        services.track_mark(track(relay, 1), role=Role.INSTRUCTOR, user=alice)
        services.track_merge(track(relay, 7), into=track(relay, 6), user=alice)
        made = services.track_split(track(relay, 2), at_s=100.5, user=alice)
        services.track_assign(made, student=dana, user=alice)
        services.track_unmerge(track(relay, 7), user=alice)
        kinds = [services.run_undo(relay, user=alice).kind for _k in range(6)]
        assert kinds == ["unmerge", "name", "split", "merge", "role", "name"]
        assert (score_values(relay), observations(relay)) == (scores, values)
        assert FaceTrack.objects.filter(run=relay).count() == 7
        assert track(relay, 2).last_s == 179

    def test_with_nothing_changed_there_is_nothing_to_undo(self, relay: AnalysisRun, alice: User) -> None:
        with pytest.raises(NothingToUndo):
            services.run_undo(relay, user=alice)

    def test_a_student_who_was_deleted_since_does_not_come_back(
        self, relay: AnalysisRun, alice: User, dana: Student
    ) -> None:
        services.track_assign(track(relay, 1), student=dana, user=alice)
        services.track_assign(track(relay, 1), student=None, user=alice)
        dana.delete()
        services.run_undo(relay, user=alice)
        assert track(relay, 1).student is None

    def test_a_change_says_who_made_it(self, relay: AnalysisRun, alice: User) -> None:
        services.track_mark(track(relay, 1), role=Role.NOBODY, user=alice)
        assert TrackEdit.objects.get().made_by == alice


@pytest.mark.parametrize(
    "change",
    [
        lambda run, user: services.track_mark(track(run, 1), role=Role.NOBODY, user=user),
        lambda run, user: services.track_split(track(run, 1), at_s=90, user=user),
        lambda run, user: services.track_merge(track(run, 7), into=track(run, 6), user=user),
        lambda run, user: services.track_unmerge(track(run, 1), user=user),
        lambda run, user: services.run_undo(run, user=user),
    ],
)
def test_a_stricter_policy_or_an_unfinished_run_forbids_every_change(
    relay: AnalysisRun, alice: User, change: Any
) -> None:
    AnalysisRun.objects.update(state=AnalysisRun.State.FAILURE)
    with pytest.raises(RunIsNotFinished):
        change(relay, alice)
    AnalysisRun.objects.update(state=AnalysisRun.State.SUCCESS)
    factories.policy(relay.institution, Mode.AGGREGATE)
    with pytest.raises(PolicyDenied):
        change(relay, alice)


class TestTogether:
    def test_who_shares_a_frame_was_together(self, relay: AnalysisRun) -> None:
        ids = dict(FaceTrack.objects.filter(run=relay).values_list("number", "pk"))
        pairs = pairs_together(seen_times(relay))
        assert frozenset({ids[1], ids[7]}) in pairs
        assert frozenset({ids[6], ids[7]}) not in pairs
        assert len(pairs) == 21 - 1

    def test_the_first_shared_moment_is_told(self, relay: AnalysisRun) -> None:
        ids = dict(FaceTrack.objects.filter(run=relay).values_list("number", "pk"))
        assert first_shared_s(relay, [ids[7]], [ids[1]]) == 90
        assert first_shared_s(relay, [ids[7]], [ids[6]]) is None

    def test_a_run_without_faces_has_no_pairs(self, run: AnalysisRun) -> None:
        assert pairs_together(seen_times(run)) == set()
        assert np.concatenate([np.empty(0), *seen_times(run).values()]).size == 0
