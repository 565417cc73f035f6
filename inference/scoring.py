"""From a run's observations to its score rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite

from courses.models import Mode, Segment
from inference.evidence import Evidence
from inference.models import AnalysisRun
from inference.results import EXTRA_LABELS, LABELS, extra_columns
from inference.spans import bounds, disjoint_groups
from inference.vision.aggregate import ScoreTable, score_class, score_people
from inference.vision.fatigue.profile import FATIGUE_PROFILES, WINDOW, FatigueProfile
from inference.vision.profiles import PROFILES, Profile, profile_of_version
from inference.vision.signs import OBSERVABLE_SIGNS, SIGNS, UNREAD_SIGNS

# (track id, student id); (None, None) is the class.
Subject = tuple[int | None, int | None]
CLASS: Subject = (None, None)
Cell = float | int | None
PROFILE_OF_MODE = {Mode.OBSERVABLE: "no-emotion", Mode.AGGREGATE: "default", Mode.INDIVIDUAL: "default"}


@dataclass(frozen=True, slots=True)
class ScoreValues:
    """One row of `SegmentScore` before it is written; ``values`` in the order of ``COLUMNS``."""

    segment_id: int
    subject: Subject
    values: tuple[Cell, ...]


COLUMNS = (
    "concentration", "concentration_low", "concentration_high", "coverage", "n_observations", "n_people",
    "eyes_closed_share", "head_turned_share", *SIGNS, *LABELS,
    *(column for name in EXTRA_LABELS for column in extra_columns(name)),
)  # fmt: skip


def profile_of(mode: str) -> Profile:
    """Return the profile of the index that a new run of a mode uses."""
    return PROFILES[PROFILE_OF_MODE[Mode(mode)]]


def profile_of_run(run: AnalysisRun) -> Profile:
    """Return the profile that the run was scored with; its mode's where it has none that is computed now."""
    return profile_of_version(run.formula_version) or profile_of(run.mode)


def fatigue_profile_of_run(run: AnalysisRun) -> FatigueProfile:
    """Return the profile of fatigue that the run was scored with; today's where it has none that is computed now."""
    versions = {profile.formula_version: profile for profile in FATIGUE_PROFILES.values()}
    return versions.get(run.fatigue_version, WINDOW)


def score_rows(
    evidence: Evidence,
    segments: list[Segment],
    *,
    mode: str,
    profile: Profile,
    fatigue: FatigueProfile = WINDOW,
    least_people: int = 1,
    subjects: Mapping[int, Subject] | None = None,
    person_of_track: Mapping[int, int] | None = None,
) -> list[ScoreValues]:
    """Return the rows of the class, and of each person where the mode is individual.

    ``subjects`` says whom a person's number stands for; a person that nobody saw in a segment gets no row. A sign of
    the class rests on at least ``least_people``.
    """
    samples = evidence.samples(profile=profile, person_of_track=person_of_track)
    rows: list[ScoreValues] = []
    for group in disjoint_groups(segments):
        people = score_people(samples, bounds(group), profile=profile, fatigue=fatigue)
        whole_class = score_class(people, profile=profile, least_people=least_people)
        rows += _class_rows(whole_class, group, evidence=evidence, mode=mode)
        if mode == Mode.INDIVIDUAL:
            owners = [(subjects or {})[int(number)] for number in samples.people]
            rows += _person_rows(people, group, owners, evidence=evidence)
    return rows


def _class_rows(table: ScoreTable, group: list[Segment], *, evidence: Evidence, mode: str) -> Iterator[ScoreValues]:
    for position, segment in enumerate(group):
        values = _values(table, 0, position, evidence=evidence)
        if mode == Mode.OBSERVABLE:
            # Eyes and heads are never combined into an index where no emotion may be inferred (trust, 4.1).
            hidden = {*COLUMNS[:3], *(name for name in SIGNS if name not in OBSERVABLE_SIGNS)}
            values = tuple(None if name in hidden else value for name, value in zip(COLUMNS, values, strict=True))
        yield ScoreValues(segment.pk, CLASS, values)


def _person_rows(
    table: ScoreTable, group: list[Segment], owners: list[Subject], *, evidence: Evidence
) -> Iterator[ScoreValues]:
    for person, subject in enumerate(owners):
        for position, segment in enumerate(group):
            if table.n_observations[person, position] or _is_unread(table, person, position):
                yield ScoreValues(segment.pk, subject, _values(table, person, position, evidence=evidence))


def _is_unread(table: ScoreTable, person: int, position: int) -> bool:
    return any(table.signs[name][person, position] > 0 for name in UNREAD_SIGNS)


def _values(table: ScoreTable, person: int, position: int, *, evidence: Evidence) -> tuple[Cell, ...]:
    """Return one cell of the table in the order of ``COLUMNS``; the networks' labels are matched by name."""
    at = person, position
    mix = dict(zip(evidence.labels, table.mix[at], strict=True))
    return (
        _known(table.concentration[at]),
        _known(table.low[at]),
        _known(table.high[at]),
        float(table.coverage[at]),
        int(table.n_observations[at]),
        int(table.n_people[at]),
        _known(table.eyes_closed_share[at]),
        _known(table.head_turned_share[at]),
        *(_known(table.signs[name][at]) for name in SIGNS),
        *(_known(mix.get(label)) for label in LABELS),
        *_extra_values(table, at, evidence=evidence),
    )


def _extra_values(table: ScoreTable, at: tuple[int, int], *, evidence: Evidence) -> Iterator[Cell]:
    for name, labels in EXTRA_LABELS.items():
        found = (
            dict(zip(evidence.extra_labels[name], table.extras[name][at], strict=True)) if name in table.extras else {}
        )
        yield from (_known(found.get(label)) for label in labels)


def _known(value: float | None) -> float | None:
    return float(value) if value is not None and isfinite(value) else None
