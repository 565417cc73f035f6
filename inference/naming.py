"""Who a run's tracks show: named, merged, taken apart, split, marked - and each of it undone. Scores follow at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from courses.models import Enrollment, Mode, Student, User
from courses.policy import Purpose, require
from inference import store
from inference.errors import (
    NamedDifferently,
    NothingToSplit,
    NothingToUndo,
    NotOnRoster,
    OtherRole,
    RunIsNotFinished,
    SeenTogether,
)
from inference.models import AnalysisRun, FaceTrack, SegmentScore, TrackEdit
from inference.splitting import observations_join, observations_split
from inference.together import first_shared_s
from inference.tracks import subject_of

Kind, Role = TrackEdit.Kind, FaceTrack.Role


@transaction.atomic
def track_assign(track: FaceTrack, *, student: Student | None, user: User) -> None:
    """Say who a face track shows, or take it back; all tracks with one name count as one person.

    Raises:
        NotOnRoster: the student is not in the course.
        OtherRole: the track is marked as an instructor or as nobody.
        RunIsNotFinished: the run has no scores yet.
    """
    run = _begin(track)
    if student and not Enrollment.objects.filter(course=run.recording.lecture.course, student=student).exists():
        raise NotOnRoster
    group = merged_with(track)
    if student and any(each.role != Role.STUDENT for each in group):
        raise OtherRole
    _journal(run, Kind.NAME, group, user)
    names = {track.student_id, student.pk if student else None} - {None}
    own = [each.pk for each in group]
    is_alone = not FaceTrack.objects.filter(run=run, student__in=names).exclude(pk__in=own).exists()
    before = subject_of(track)
    for each in group:
        _name(each, student, user)
    track.student = student
    if is_alone:
        # Scores depend on observations alone, not on names: the rows only change hands.
        _hand_over(run, before, subject_of(track))
    else:
        store.scores_from_blocks(run)


@transaction.atomic
def track_merge(track: FaceTrack, *, into: FaceTrack, user: User) -> None:
    """Say that two tracks are one person, named or not.

    Raises:
        SeenTogether: they share a frame, or are of two recordings.
        NamedDifferently: both have a name, and not the same.
        OtherRole: one of them is marked as an instructor or as nobody.
        RunIsNotFinished: the run has no scores yet.
    """
    run = _begin(track)
    ours, theirs = merged_with(track), merged_with(into)
    if into.run_id != run.pk or {each.pk for each in ours} & {each.pk for each in theirs}:
        raise SeenTogether
    if any(each.role != Role.STUDENT for each in (*ours, *theirs)):
        raise OtherRole
    names = {each.student_id for each in (*ours, *theirs)} - {None}
    if len(names) > 1:
        raise NamedDifferently
    if first_shared_s(run, [each.pk for each in ours], [each.pk for each in theirs]) is not None:
        raise SeenTogether
    _journal(run, Kind.MERGE, [*ours, *theirs], user)
    student = next((each.student for each in (*ours, *theirs) if each.student), None)
    first, *others = sorted((*ours, *theirs), key=lambda each: each.number)
    for each in (first, *others):
        each.merged_into = None if each.pk == first.pk else first
        _name(each, student, user)
    store.scores_from_blocks(run)


@transaction.atomic
def track_unmerge(track: FaceTrack, *, user: User) -> None:
    """Take one track out of its person; it has no name then, the others keep theirs.

    Raises:
        RunIsNotFinished: the run has no scores yet.
    """
    run = _begin(track)
    group = merged_with(track)
    _journal(run, Kind.UNMERGE, group, user)
    left = sorted((each for each in group if each.pk != track.pk), key=lambda each: each.number)
    for each in left:
        each.merged_into = None if each.pk == left[0].pk else left[0]
        each.save(update_fields=["merged_into"])
    track.merged_into = None
    _name(track, None, user)
    store.scores_from_blocks(run)


@transaction.atomic
def track_split(track: FaceTrack, *, at_s: float, user: User) -> FaceTrack:
    """Make two tracks of one: what was seen from ``at_s`` on is somebody else, who has no name yet.

    Raises:
        NothingToSplit: there is nothing on one side.
        RunIsNotFinished: the run has no scores yet.
    """
    run = _begin(track)
    made = observations_split(track, at_s=at_s)
    if made is None:
        raise NothingToSplit
    _journal(run, Kind.SPLIT, [track], user, made_track=made)
    store.scores_from_blocks(run)
    return made


@transaction.atomic
def track_mark(track: FaceTrack, *, role: str, user: User) -> None:
    """Say that a person is a student, an instructor, or nobody; only students are scored.

    Raises:
        RunIsNotFinished: the run has no scores yet.
    """
    run = _begin(track)
    group = merged_with(track)
    _journal(run, Kind.ROLE, group, user)
    for each in group:
        each.role = Role(role)
        _name(each, each.student if role == Role.STUDENT else None, user)
    store.scores_from_blocks(run)


@transaction.atomic
def run_undo(run: AnalysisRun, *, user: User) -> TrackEdit:
    """Take the newest change of a run's tracks back and return it.

    Raises:
        NothingToUndo: there is none.
        RunIsNotFinished: the run has no scores yet.
    """
    row = locked_for_scores(run)
    _require_individual(row)
    edit = TrackEdit.objects.filter(run=row).first()
    if edit is None:
        raise NothingToUndo
    tracks = {track.pk: track for track in FaceTrack.objects.filter(run=row)}
    for facts in edit.before:
        if track := tracks.get(facts["track"]):
            _restore(track, facts, tracks)
    if edit.made_track_id in tracks:
        observations_join(tracks[edit.before[0]["track"]], tracks[edit.made_track_id])
    # Joining deleted the track that the split had made, and this row with it.
    TrackEdit.objects.filter(pk=edit.pk).delete()
    store.scores_from_blocks(row)
    return edit


def merged_with(track: FaceTrack) -> list[FaceTrack]:
    """Return all tracks that were merged with this one, itself included, by number."""
    root = track.merged_into_id or track.pk
    rows = FaceTrack.objects.filter(Q(pk=root) | Q(merged_into=root)).select_related("student").order_by("number")
    return [track if row.pk == track.pk else row for row in rows]


def locked_for_scores(run: AnalysisRun) -> AnalysisRun:
    """Return the run, locked until the transaction ends: one change of its scores at a time.

    Raises:
        RunIsNotFinished: it has no scores yet, or keeps none of a person.
    """
    facts = ("recording__lecture__course__institution", "model_version", "valence_version", "basic_version")
    row = AnalysisRun.objects.select_for_update(of=("self",)).select_related(*facts).get(pk=run.pk)
    if row.state != AnalysisRun.State.SUCCESS or row.mode != Mode.INDIVIDUAL:
        raise RunIsNotFinished
    return row


def _begin(track: FaceTrack) -> AnalysisRun:
    _require_individual(track.run)
    run = locked_for_scores(track.run)
    track.refresh_from_db(fields=["student", "merged_into", "role"])
    return run


def _require_individual(run: AnalysisRun) -> None:
    course = run.recording.lecture.course
    require(Purpose.INDIVIDUAL, institution=course.institution, course=course)


def _name(track: FaceTrack, student: Student | None, user: User) -> None:
    if track.student_id != (student.pk if student else None):
        track.student, track.named_by, track.named_at = student, user, timezone.now()
    track.save(update_fields=["student", "named_by", "named_at", "merged_into", "role"])


def _hand_over(run: AnalysisRun, before: tuple[int | None, int | None], after: tuple[int | None, int | None]) -> None:
    rows = SegmentScore.objects.filter(run=run, track=before[0], student=before[1])
    rows.update(track=after[0], student=after[1])


def _journal(
    run: AnalysisRun, kind: str, tracks: Iterable[FaceTrack], user: User, *, made_track: FaceTrack | None = None
) -> None:
    before = [
        {"track": track.pk, "student": track.student_id, "merged_into": track.merged_into_id, "role": track.role}
        for track in tracks
    ]
    TrackEdit.objects.create(
        institution_id=run.institution_id, run=run, kind=kind, before=before, made_by=user, made_track=made_track
    )


def _restore(track: FaceTrack, facts: dict[str, Any], tracks: dict[int, FaceTrack]) -> None:
    """Bring a track back to what was noted; a student who was deleted since stays away."""
    track.student = Student.objects.filter(pk=facts["student"]).first() if facts["student"] else None
    track.merged_into = tracks.get(facts["merged_into"])
    track.role = facts["role"]
    track.save(update_fields=["student", "merged_into", "role"])
