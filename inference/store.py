"""Writes of a run's results. Each is one transaction that the lease fences, and leaves the same rows when repeated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone
from psycopg import sql

from inference.blocks import SCHEMA_VERSION
from inference.evidence import Evidence, by_track, packed_by_track
from inference.identity import embeddings_keep
from inference.lease import Lease, LeaseLost, fence, held
from inference.models import AnalysisPart, AnalysisRun, FaceTrack, ObservationBlock, SegmentScore
from inference.scoring import COLUMNS, ScoreValues, Subject, fatigue_profile_of_run, profile_of_run, score_rows
from inference.spans import segments_ensure
from inference.tracks import people_of, students_of, tracks_upsert
from inference.vision.types import Part


def part_store(lease: Lease, run: AnalysisRun, part: Part, *, n_labels: int) -> None:
    """Store a part, its tracks and its blocks, and count it; a part that is stored already is left as it is.

    Raises:
        LeaseLost: another worker has taken the run over.
    """
    with transaction.atomic():
        if held(lease).filter(parts_done__gt=part.index).exists():
            return
        if not held(lease).filter(parts_done=part.index).update(parts_done=part.index + 1, attempts=0):
            raise LeaseLost
        part_write(run, part, n_labels=n_labels)


def part_write(run: AnalysisRun, part: Part, *, n_labels: int) -> None:
    """Write a part, its tracks and its blocks, inside the transaction that counts it."""
    _part_row(run, part).save(force_insert=True)
    tracks = tracks_upsert(run, by_track(part.observations))
    copy_rows(ObservationBlock, _block_rows(run, part, tracks, n_labels=n_labels))
    embeddings_keep(run, part.index, part.taken, tracks)


def stored_evidence(run: AnalysisRun, *, track_ids: Sequence[int] | None = None) -> Evidence:
    """Return what is stored of a run's students, with the labels of the networks that the run is said to have used.

    ``track_ids`` narrows it to those tracks.
    """
    times = AnalysisPart.objects.filter(run=run).order_by("index").values_list("frame_times", flat=True)
    blocks = ObservationBlock.objects.filter(run=run, track__role=FaceTrack.Role.STUDENT).order_by(
        "track__number", "part_index"
    )
    if track_ids is not None:
        blocks = blocks.filter(track__in=track_ids)
    return Evidence(
        labels=tuple(run.model_version.labels) if run.model_version else (),
        extra_labels={name: tuple(version.labels) for name, version in run.extra_versions.items()},
        frame_times_s=[np.frombuffer(data, "<f4").astype(np.float64) for data in times],
        blocks=[(number, bytes(data)) for number, data in blocks.values_list("track__number", "data").iterator()],
    )


def scores_from_blocks(run: AnalysisRun) -> None:
    """Replace a run's scores by what its stored observations say now, names included."""
    person_of_track, subjects = people_of(students_of(run))
    evidence = stored_evidence(run)
    scores_replace(run, evidence, subjects=subjects, person_of_track=person_of_track)


def scores_replace(
    run: AnalysisRun,
    evidence: Evidence,
    *,
    subjects: dict[int, Subject] | None = None,
    person_of_track: dict[int, int] | None = None,
) -> None:
    """Put a run's new scores in the place of its old ones, with the versions of the formulas that they come from."""
    recording, profile, fatigue = run.recording, profile_of_run(run), fatigue_profile_of_run(run)
    segments = segments_ensure(recording.lecture, duration_s=recording.duration_s, segment_s=run.segment_s)
    rows = score_rows(
        evidence,
        segments,
        mode=run.mode,
        profile=profile,
        fatigue=fatigue,
        least_people=settings.MINIMUM_PEOPLE,
        subjects=subjects,
        person_of_track=person_of_track,
    )
    with transaction.atomic():
        AnalysisRun.objects.filter(pk=run.pk).update(
            formula_version=profile.formula_version, fatigue_version=fatigue.formula_version
        )
        SegmentScore.objects.filter(run=run).delete()
        copy_rows(SegmentScore, [_score_row(run, row) for row in rows])


def run_finish(lease: Lease, run: AnalysisRun, evidence: Evidence | None = None) -> None:
    """Score the run and mark it done, together; `evidence` is given where nothing of a person is stored.

    What the tracker remembered of faces is forgotten: nobody goes on from there any more.

    Raises:
        LeaseLost: another worker has taken the run over.
    """
    with transaction.atomic():
        fence(
            lease,
            state=AnalysisRun.State.SUCCESS,
            stage="",
            progress=1.0,
            eta_s=None,
            finished_at=timezone.now(),
            lease_expires_at=None,
        )
        if evidence is None:
            scores_from_blocks(run)
        else:
            scores_replace(run, evidence)
        AnalysisPart.objects.filter(run=run).update(tracker_state={})


def copy_rows(model: type[models.Model], rows: Sequence[dict[str, Any]]) -> None:
    """Write rows by COPY in the current transaction: ten thousand take a fraction of a second."""
    if not rows:
        return
    fields = {field.name: field for field in model._meta.concrete_fields}
    columns = [sql.Identifier(str(fields[name].column)) for name in rows[0]]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(columns)
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(tuple(row.values()))


def _part_row(run: AnalysisRun, part: Part) -> AnalysisPart:
    return AnalysisPart(
        institution_id=run.institution_id,
        run=run,
        index=part.index,
        start_s=part.start_s,
        end_s=part.end_s,
        frame_times=part.frame_times_s.astype("<f4").tobytes(),
        tracker_state=part.tracker_state,
    )


def _block_rows(run: AnalysisRun, part: Part, tracks: dict[int, FaceTrack], *, n_labels: int) -> list[dict[str, Any]]:
    return [
        {
            "institution": run.institution_id,
            "created_at": timezone.now(),
            "run": run.pk,
            "track": tracks[number].pk,
            "part_index": part.index,
            "schema_version": SCHEMA_VERSION,
            "n_observations": n_observations,
            "data": data,
        }
        for number, n_observations, data in packed_by_track(part, n_labels=n_labels)
    ]


def _score_row(run: AnalysisRun, row: ScoreValues) -> dict[str, Any]:
    track_id, student_id = row.subject
    return {
        "institution": run.institution_id,
        "created_at": timezone.now(),
        "run": run.pk,
        "segment": row.segment_id,
        "track": track_id,
        "student": student_id,
        **dict(zip(COLUMNS, row.values, strict=True)),
    }
