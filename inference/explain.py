"""Why a person's score is what it is: the moments, signals and weights that made it.

The one reader of stored observations outside scoring: one person of one lecture, scored again as the run was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from inference.evidence import Evidence, table_of
from inference.models import AnalysisRun
from inference.scoring import profile_of_run
from inference.store import stored_evidence
from inference.vision.agreement import agreement
from inference.vision.concentration import WEIGHED, Indices, Values, head_offsets_deg, points_of
from inference.vision.profiles import Profile
from inference.vision.samples import Samples, prepare
from inference.vision.smoothing import State, smoothed, states
from inference.vision.table import ObservationTable
from inference.vision.types import REJECTIONS

NOT_VISIBLE = "not-visible"


@dataclass(frozen=True, slots=True)
class SignalPart:
    """What one signal gave to a mean: its weight, its own mean 0..1, the share of moments that have it, its points.

    ``points`` is None where the profile multiplies: factors do not add up.
    """

    key: str
    weight: float
    mean: float | None
    measured_share: float
    points: float | None


@dataclass(frozen=True, slots=True)
class Moment:
    """One sampled frame: the index, each of ``WEIGHED`` 0..1, the leading label, where the head pointed.

    ``reason`` says why there is no index, or no expression: one of ``REJECTIONS`` or ``NOT_VISIBLE``.
    """

    time_s: float
    index: float | None
    signals: tuple[float | None, ...]
    label: str
    probability: float | None
    yaw_off_deg: float | None
    pitch_off_deg: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A person's score in one span. ``parts`` are those that the profile weighs; ``moments`` are in order of time.

    ``states`` are what the face looked like for a while, without flicker: for display, the score does not rest on them.
    ``agreement`` is the share of moments in which a second network's basic emotion goes with the label, None without.
    """

    profile: Profile
    parts: tuple[SignalPart, ...]
    moments: tuple[Moment, ...]
    states: tuple[State, ...]
    agreement: float | None
    n_blocks: int


def explain(run: AnalysisRun, track_ids: Sequence[int], *, start_s: float, end_s: float) -> Explanation:
    """Return what made the score of the person with ``track_ids`` from ``start_s`` to ``end_s``; two queries.

    Only for runs that store observations, in mode individual, after the policy was asked.
    """
    profile = profile_of_run(run)
    evidence = stored_evidence(run, track_ids=track_ids)
    table = table_of(evidence)
    owner = {int(number): 1 for number in np.unique(table.track)}
    frames_s = np.concatenate([*evidence.frame_times_s, np.empty(0)])
    samples = prepare(table, frames_s, profile=profile, person_of_track=owner)
    inside = np.flatnonzero((samples.time_s >= start_s) & (samples.time_s < end_s))
    labelled = _labelled(table, samples.row[inside])
    moments = [
        *_read(table, samples, inside, labelled, profile=profile),
        *_unread(samples, samples.time_s[inside], start_s=start_s, end_s=end_s),
    ]
    known = inside[np.isfinite(samples.index[inside])]
    return Explanation(
        profile=profile,
        parts=_parts(samples, inside, profile=profile),
        moments=tuple(sorted(moments, key=lambda moment: moment.time_s)),
        states=tuple(_states(evidence, samples, start_s=start_s, end_s=end_s, profile=profile)),
        agreement=_agreement(evidence, samples, inside, profile=profile),
        n_blocks=len(np.unique((samples.time_s[known] - start_s) // profile.block_s)),
    )


def _parts(samples: Samples, inside: Indices, *, profile: Profile) -> tuple[SignalPart, ...]:
    signals, weight_s = samples.signals.at(inside), samples.weight_s[inside]
    points = points_of(signals, profile=profile)
    if profile.combination == "product":
        return tuple(_part(key, getattr(signals, key), weight_s, weight=1.0) for key in ("expression", "gaze"))
    weights = {key: float(getattr(profile, f"{key}_weight")) for key in WEIGHED}
    return tuple(
        _part(key, getattr(signals, key), weight_s, weight=weights[key], points=_mean(gained, weight_s))
        for key, gained in zip(WEIGHED, points, strict=True)
        if weights[key]
    )


def _part(key: str, values: Values, weight_s: Values, *, weight: float, points: float | None = None) -> SignalPart:
    measured_share = float(np.isfinite(values).mean()) if len(values) else 0.0
    return SignalPart(key, weight, _mean(values, weight_s), measured_share, points)


def _read(
    table: ObservationTable,
    samples: Samples,
    inside: Indices,
    labelled: list[tuple[str, float | None]],
    *,
    profile: Profile,
) -> list[Moment]:
    yaw_off, pitch_off = _offsets(table, profile=profile)
    codes = table.column("rejection_code")
    signals = samples.signals.at(inside)
    found = []
    for position, (i, row) in enumerate(zip(inside, samples.row[inside], strict=True)):
        label, probability = labelled[position]
        found.append(
            Moment(
                time_s=float(samples.time_s[i]),
                index=_known(samples.index[i]),
                signals=tuple(_known(getattr(signals, key)[position]) for key in WEIGHED),
                label=label,
                probability=probability,
                yaw_off_deg=_known(yaw_off[row]),
                pitch_off_deg=_known(pitch_off[row]),
                reason=REJECTIONS[int(codes[row])] if np.isfinite(codes[row]) else "",
            )
        )
    return found


def _unread(samples: Samples, read_s: Values, *, start_s: float, end_s: float) -> list[Moment]:
    """Return the sampled frames of the span in which nothing counted, with the reason."""
    frames_s = samples.frame_times_s[(samples.frame_times_s >= start_s) & (samples.frame_times_s < end_s)]
    reasons = dict(zip(samples.unread.time_s.tolist(), samples.unread.code.tolist(), strict=True))
    empty: tuple[float | None, ...] = (None,) * len(WEIGHED)
    return [
        Moment(
            time_s, None, empty, "", None, None, None, REJECTIONS[reasons[time_s]] if time_s in reasons else NOT_VISIBLE
        )
        for time_s in np.setdiff1d(frames_s, read_s).tolist()
    ]


def _offsets(table: ObservationTable, *, profile: Profile) -> tuple[Values, Values]:
    """Return yaw and pitch (n,) against where the head of each track mostly points."""
    found = np.full((2, len(table.track)), np.nan)
    for number in np.unique(table.track):
        rows = np.flatnonzero(table.track == number)
        rows = rows[np.argsort(table.time_s[rows], kind="stable")]
        found[:, rows] = head_offsets_deg(
            table.time_s[rows], table.yaw_deg[rows], table.pitch_deg[rows], profile=profile
        )
    return found[0], found[1]


def _labelled(table: ObservationTable, rows: Indices) -> list[tuple[str, float | None]]:
    """Return the leading label of each row and its probability; "" and None where the expression was not read."""
    found: list[tuple[str, float | None]] = []
    for shares in table.probabilities[rows]:
        is_read = len(shares) > 0 and bool(np.isfinite(shares).all())
        found.append((table.labels[int(shares.argmax())], float(shares.max())) if is_read else ("", None))
    return found


def _states(evidence: Evidence, samples: Samples, *, start_s: float, end_s: float, profile: Profile) -> Iterator[State]:
    """Yield the states that the span holds, cut at its ends."""
    for state in states(samples.time_s, samples.mix, evidence.labels, profile=profile):
        if state.start_s < end_s and state.end_s > start_s:
            yield State(max(state.start_s, start_s), min(state.end_s, end_s), state.label)


def _agreement(evidence: Evidence, samples: Samples, inside: Indices, *, profile: Profile) -> float | None:
    if "basic" not in samples.extras:
        return None
    calm = smoothed(samples.time_s, samples.mix, profile=profile)[inside]
    agreed = agreement(calm, evidence.labels, samples.extras["basic"][inside], evidence.extra_labels["basic"])
    return _mean(agreed, samples.weight_s[inside])


def _mean(values: Values, weight_s: Values) -> float | None:
    """Return the mean over the time in which ``values`` are known; None where they never are."""
    known = np.isfinite(values)
    return float(np.average(values[known], weights=weight_s[known])) if known.any() else None


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
