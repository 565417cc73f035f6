"""How much the index moves when one of its weights is 20 % larger or smaller, on the observations of a real run.

    python -m benchmarks.sensitivity            two minutes of a composed gallery of 25, analysed as the product does

The pipeline reads the gallery once; its observations, packed as they are stored, are then scored by every changed
profile. Segments are 10 s, the shortest that has a value, so that there is an order of segments to lose.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
from scipy.stats import kendalltau

from benchmarks.record import record
from inference.evidence import Evidence
from inference.vision.aggregate import ScoreTable, score_class, score_people
from inference.vision.concentration import Values
from inference.vision.gallery import compose, many_tiles
from inference.vision.pipeline import Pipeline
from inference.vision.profiles import DEFAULT, NO_EMOTION, SHARMA, Profile
from inference.vision.weights import asset_path

COMMAND = "python -m benchmarks.sensitivity"
FACES, DURATION_S, SEGMENT_S = 25, 120, 10
FACTORS = (0.8, 1.2)
# Under 25, 25 to 65, and from 65 on (Sharma et al. 2019): how design and paper name three levels.
BANDS = (25.0, 65.0)
SIGNAL_WEIGHTS = ("expression_weight", "head_weight", "eyes_weight", "irises_weight")


@dataclass(frozen=True, slots=True)
class Move:
    """What one changed weight does: points by which people's values move, Kendall's tau of the class's segments
    before and after, and the share of people's values that change their band.
    """  # fmt: skip

    weight: str
    mean_points: float
    most_points: float
    order_tau: float
    bands_changed: float

    def __str__(self) -> str:
        points = f"mean {self.mean_points:5.2f}, most {self.most_points:5.2f} points"
        return f"{self.weight:24} {points}, order {self.order_tau:6.3f}, bands {self.bands_changed:.3f}"


def main() -> None:
    """Analyse, change, print and record. `head-only` has one weight, and so nothing that could shift."""
    evidence = observed()
    figures: dict[str, tuple[float, str]] = {}
    more: dict[str, dict[str, object]] = {}
    for profile in (DEFAULT, NO_EMOTION, SHARMA):
        moves = [move_of(evidence, profile, name, changed) for name, changed in variants(profile)]
        for move in moves:
            print(f"{profile.name:11} {move}")
        for key, value, unit, weight in worst(moves):
            figures[f"concentration.{profile.name}.{key}"] = (value, unit)
            more[f"concentration.{profile.name}.{key}"] = {"weight": weight, "n": len(moves)}
    record(figures, command=COMMAND, more=more)


def observed() -> Evidence:
    """Return what the pipeline sees in the gallery, one sample a second."""
    pipeline = Pipeline(device="cpu")
    evidence = Evidence(pipeline.card.labels if pipeline.card else ())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gallery.mp4"
        compose(path, many_tiles(asset_path("clips/single_face.mp4").parent, FACES), duration_s=DURATION_S)
        for part in pipeline.run(path):
            evidence.add(part)
    return evidence


def variants(profile: Profile) -> Iterator[tuple[str, Profile]]:
    """Yield the profile with each of its weights changed alone; none grows beyond the largest of its table."""
    for factor in FACTORS:
        for name in SIGNAL_WEIGHTS:
            if getattr(profile, name):
                yield f"{name} x{factor}", replace(profile, **{name: factor * getattr(profile, name)})
        if profile.reads_expression:
            yield from _emotions(profile, factor)
        if profile.combination == "product":
            yield from _gazes(profile, factor)


def _emotions(profile: Profile, factor: float) -> Iterator[tuple[str, Profile]]:
    largest = max(profile.emotion_weights.values())
    for label, weight in profile.emotion_weights.items():
        if weight:
            changed = {**profile.emotion_weights, label: min(factor * weight, largest)}
            yield f"{label} x{factor}", replace(profile, emotion_weights=MappingProxyType(changed))


def _gazes(profile: Profile, factor: float) -> Iterator[tuple[str, Profile]]:
    largest = max(max(weights) for weights in profile.gaze_weights.values())
    for direction, (wide, half, shut) in profile.gaze_weights.items():
        grown = (min(factor * wide, largest), min(factor * half, largest), min(factor * shut, largest))
        changed = {**profile.gaze_weights, direction: grown}
        yield f"gaze {direction} x{factor}", replace(profile, gaze_weights=MappingProxyType(changed))


def move_of(evidence: Evidence, profile: Profile, name: str, changed: Profile) -> Move:
    """Return how the scores of ``changed`` differ from those of ``profile``."""
    before, after = (_scores(evidence, each) for each in (profile, changed))
    known = np.isfinite(before[0].concentration)
    people = [scores.concentration[known] for scores, _group in (before, after)]
    points = np.abs(people[1] - people[0])
    return Move(
        weight=name,
        mean_points=float(points.mean()),
        most_points=float(points.max()),
        order_tau=float(kendalltau(*(group.concentration[0] for _scores, group in (before, after))).statistic),
        bands_changed=float((np.digitize(people[0], BANDS) != np.digitize(people[1], BANDS)).mean()),
    )


def worst(moves: list[Move]) -> Iterator[tuple[str, float, str, str]]:
    """Yield each figure of the weight that matters most for it: key, value, unit, weight."""
    for key, unit in (("mean_points", "points"), ("most_points", "points"), ("bands_changed", "share")):
        found = max(moves, key=lambda move: float(getattr(move, key)))
        yield key, round(getattr(found, key), 3), unit, found.weight
    found = min(moves, key=lambda move: move.order_tau)
    yield "order_tau", round(found.order_tau, 3), "", found.weight


def _scores(evidence: Evidence, profile: Profile) -> tuple[ScoreTable, ScoreTable]:
    people = score_people(evidence.samples(profile=profile), _spans(), profile=profile)
    return people, score_class(people, profile=profile)


def _spans() -> Values:
    starts = np.arange(0.0, DURATION_S, SEGMENT_S)
    return np.stack([starts, starts + SEGMENT_S], axis=1)


if __name__ == "__main__":
    main()
