"""A finished analysis as rows of the real models: invented values for charts, pages and the page benchmark."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from courses.models import Lecture, Mode, Segment, Student
from inference.models import AnalysisRun, FaceTrack, ModelVersion, SegmentScore
from inference.selectors import EXTRA_LABELS, LABELS
from tests import factories

SEGMENT_S = 30
BASE_MIX = {"focused": 50, "distracted": 12, "curious": 11, "confused": 11, "tired": 8, "happy": 8}


@dataclass(frozen=True, slots=True)
class Plan:
    """What to invent: how long, how many people, which minutes nobody sees, who has a name, what ran besides."""

    length_s: float = 600.0
    n_people: int = 12
    gaps: tuple[tuple[float, float], ...] = ()
    students: tuple[Student, ...] = ()
    mode: Mode = Mode.INDIVIDUAL
    extras: tuple[str, ...] = ()


def analysed(lecture: Lecture, plan: Plan = Plan(), **recording: Any) -> AnalysisRun:
    """Insert a finished run with tracks and all scores."""
    made = getattr(lecture, "recording", None) or factories.RecordingFactory(
        lecture=lecture, duration_s=plan.length_s, **recording
    )
    run = factories.AnalysisRunFactory(
        recording=made,
        mode=plan.mode,
        state=AnalysisRun.State.SUCCESS,
        progress=1.0,
        model_version=_model_version(),
        formula_version="default-1",
        extra_estimates=list(plan.extras),
        **{f"{name}_version": _extra_version(name) for name in plan.extras},
        finished_at=timezone.now(),
    )
    segments = _segments(lecture, plan)
    tracks = _tracks(run, plan)
    SegmentScore.objects.bulk_create(_scores(run, plan, segments, tracks), batch_size=2000)
    return run


def _model_version() -> ModelVersion:
    facts = {"version": "1", "labels": list(LABELS), "card": {"test": {"macro_f1": [0.47, 0.43, 0.5]}}}
    return ModelVersion.objects.get_or_create(sha256="1" * 64, defaults={"family": "DRSN", **facts})[0]


def _extra_version(name: str) -> ModelVersion:
    facts = {"version": "1", "labels": list(EXTRA_LABELS[name]), "card": {"test": {"macro_f1": 0.61}}}
    return ModelVersion.objects.get_or_create(sha256=name.ljust(64, "0"), defaults={"family": name, **facts})[0]


def _segments(lecture: Lecture, plan: Plan) -> list[Segment]:
    fixed = [(k * SEGMENT_S, min((k + 1) * SEGMENT_S, plan.length_s)) for k in range(round(plan.length_s / SEGMENT_S))]
    third = plan.length_s / 3
    spans = [(0.0, plan.length_s), *((k * third, (k + 1) * third) for k in range(3))]
    kinds = ((Segment.Kind.FIXED, fixed), (Segment.Kind.SUMMARY, spans))
    return Segment.objects.bulk_create(
        Segment(institution=lecture.institution, lecture=lecture, kind=kind, index=k, start_s=start_s, end_s=end_s)
        for kind, found in kinds
        for k, (start_s, end_s) in enumerate(found)
    )


def _tracks(run: AnalysisRun, plan: Plan) -> list[FaceTrack]:
    return FaceTrack.objects.bulk_create(
        FaceTrack(
            institution=run.institution,
            run=run,
            number=k + 1,
            student=plan.students[k] if k < len(plan.students) else None,
            first_s=0,
            last_s=plan.length_s,
            n_observations=round(plan.length_s),
            best_s=min(4.0 + k, plan.length_s),
            best_quality=0.9,
            best_bbox_xyxy=[100.0 + 60 * (k % 5), 80.0, 220.0 + 60 * (k % 5), 230.0],
        )
        for k in range(plan.n_people)
    )


def _scores(run: AnalysisRun, plan: Plan, segments: list[Segment], tracks: list[FaceTrack]) -> list[SegmentScore]:
    subjects = [] if plan.mode != Mode.INDIVIDUAL else [_subject(track) for track in tracks]
    chance = random.Random(7)
    return [_score(run, plan, segment, subject, chance) for subject in ({}, *subjects) for segment in segments]


def _subject(track: FaceTrack) -> dict[str, Any]:
    return {"student_id": track.student_id} if track.student_id else {"track": track}


def _score(
    run: AnalysisRun, plan: Plan, segment: Segment, subject: dict[str, Any], chance: random.Random
) -> SegmentScore:
    n_people = 1 if subject else plan.n_people
    row = {"institution": run.institution, "run": run, "segment": segment, "n_people": n_people, **subject}
    if segment.kind == Segment.Kind.FIXED and _is_gap(segment, plan):
        return SegmentScore(**{**row, "n_people": min(n_people, 2)}, coverage=0.1, n_observations=3)
    center = _center(segment, plan) + chance.gauss(0, 14 if subject else 2)
    width = 12 if subject else 30 / max(n_people, 1) ** 0.5
    bounds = {"concentration_low": max(center - width, 0), "concentration_high": min(center + width, 100)}
    return SegmentScore(
        **row,
        **bounds,
        **_mix(segment, plan, chance, is_person=bool(subject)),
        **_extras(segment, plan),
        concentration=min(max(center, 0), 100),
        coverage=0.82,
        n_observations=n_people * SEGMENT_S,
        eyes_closed_share=0.05,
        head_turned_share=0.12,
        **_signs(segment, plan, chance),
    )


def _signs(segment: Segment, plan: Plan, chance: random.Random) -> dict[str, float]:
    """Return faces that are covered now and then, heads that go down late, and eyes that tire towards the end."""
    late = segment.start_s / plan.length_s
    unread = {"small": 0.02, "blurred": 0.03, "turned": 0.04, "covered": 0.05 + 0.03 * chance.random(), "photo": 0.0}
    aside = {"left": 0.06, "right": 0.05, "up": 0.02, "down": 0.08 + 0.12 * late}
    return {
        **{f"{name}_share": share for name, share in unread.items()},
        **{f"look_{name}_share": share for name, share in aside.items()},
        "n_turns": 0.5,
        "fatigue": 0.1 + 0.25 * late + 0.03 * chance.random(),
        "tired_share": 0.02 + 0.1 * late,
        "perclos": 0.05 + 0.06 * late,
        "n_long_closures": 0.1,
        "n_yawns": 0.05,
    }


def _extras(segment: Segment, plan: Plan) -> dict[str, float]:
    """Return valence that turns with the lecture, and basic emotions that are mostly neutral."""
    lean = 0.25 if segment.start_s < plan.length_s / 2 else -0.15
    valence = {"negative": 0.25 - lean / 2, "neutral": 0.5, "positive": 0.25 + lean / 2}
    basic = {"neutral": 0.46, "happy": 0.2 + lean / 4, "surprise": 0.06, "sad": 0.14 - lean / 4, "angry": 0.05}
    found = {"valence": valence, "basic": {**basic, "fear": 0.06, "disgust": 0.03}}
    return {f"{name}_{label}": share for name in plan.extras for label, share in found[name].items()}


def _is_gap(segment: Segment, plan: Plan) -> bool:
    return any(start_s <= segment.start_s < end_s for start_s, end_s in plan.gaps)


def _center(segment: Segment, plan: Plan) -> float:
    """Return about 62, with a dip at a quarter of the lecture."""
    is_dip = 0.22 <= segment.start_s / plan.length_s < 0.27 and segment.kind == Segment.Kind.FIXED
    return 38.0 if is_dip else 62.0


def _mix(segment: Segment, plan: Plan, chance: random.Random, *, is_person: bool) -> dict[str, float]:
    spread = 30 if is_person else 2
    weights = {label: max(0.5, base + chance.gauss(0, spread)) for label, base in BASE_MIX.items()}
    if _center(segment, plan) < 50:
        weights["confused"] += 45
    if segment.start_s > 0.8 * plan.length_s:
        weights["tired"] += 14
    total = sum(weights.values())
    return {label: weight / total for label, weight in weights.items()}
