"""The main job on one file of this machine: no rows, no broker, nothing kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from inference.evidence import Evidence
from inference.report import LEAST_OBSERVATIONS
from inference.spans import fixed_windows, summary_spans
from inference.vision.aggregate import ScoreTable, score_class, score_people
from inference.vision.concentration import Values
from inference.vision.pipeline import Pipeline
from inference.vision.profiles import PROFILES, Profile
from inference.vision.samples import Samples
from inference.vision.types import Hook


@dataclass(frozen=True, slots=True)
class LocalScores:
    """Scores of people (p, s) and of the class (1, s) in ``spans`` (s, 2)."""

    spans: Values
    people: ScoreTable
    group: ScoreTable


@dataclass(frozen=True, slots=True)
class LocalResult:
    """What one file says: by segment, and for the whole. ``numbers`` (p,) are the people, as rows of the tables.

    ``extra_labels`` are those of the estimates beside the learning emotions that were asked for, by name.
    """

    duration_s: float
    device: str
    formula_version: str
    model: str
    labels: tuple[str, ...]
    extra_labels: Mapping[str, tuple[str, ...]]
    numbers: tuple[int, ...]
    segments: LocalScores
    whole: LocalScores


def analyse_file(path: Path, *, pipeline: Pipeline, segment_s: float, hook: Hook) -> LocalResult:
    """Return the scores of everyone in the recording at `path`.

    Raises:
        MediaError: the file cannot be used.
    """
    extra_labels = {name: card.labels for name, card in pipeline.extra_cards.items()}
    evidence = Evidence(pipeline.card.labels if pipeline.card else (), extra_labels=extra_labels)
    duration_s = 0.0
    for part in pipeline.run(path, hook=hook):
        evidence.add(part)
        duration_s = part.end_s
    return _result(evidence, duration_s, pipeline=pipeline, segment_s=segment_s)


def _result(evidence: Evidence, duration_s: float, *, pipeline: Pipeline, segment_s: float) -> LocalResult:
    profile = PROFILES["default" if pipeline.card else "no-emotion"]
    samples = evidence.samples(profile=profile)
    return LocalResult(
        duration_s=duration_s,
        device=pipeline.device,
        formula_version=profile.formula_version,
        model=pipeline.card.name if pipeline.card else "",
        labels=evidence.labels,
        extra_labels=evidence.extra_labels,
        numbers=tuple(int(number) for number in samples.people),
        segments=_scores(samples, fixed_windows(duration_s, segment_s), profile=profile),
        whole=_scores(samples, summary_spans(duration_s)[:1], profile=profile),
    )


def _scores(samples: Samples, spans: Values, *, profile: Profile) -> LocalScores:
    people = score_people(samples, spans, profile=profile)
    return LocalScores(spans, people, score_class(people, profile=profile))


def listed(result: LocalResult) -> list[int]:
    """Return the rows of the people who are more than a flicker of the detector."""
    return np.flatnonzero(result.whole.people.n_observations[:, 0] >= LEAST_OBSERVATIONS).tolist()
