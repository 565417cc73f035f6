"""Whether the eyes are closed, against the person's own open eyes; one is enough where the other cannot be read."""

from __future__ import annotations

import numpy as np

from inference.vision.concentration import Values
from inference.vision.fatigue.closures import Closures
from inference.vision.fatigue.profile import FatigueProfile
from inference.vision.fatigue.signals import EyeTrace, TrackSignals
from inference.vision.fatigue.windows import weights_of

# Stored probabilities are rounded: beyond this log odds they say no more.
SUREST_LOGIT = 7.0


def open_eye(times_s: Values, openness: Values, *, profile: FatigueProfile) -> float:
    """Return the median EAR of one eye in the first clean minute: measured, and not shut; NaN under ten samples."""
    clean = np.flatnonzero(openness >= profile.closed_floor)
    seen_s = np.cumsum(weights_of(times_s)[clean])
    first = clean[seen_s <= profile.baseline_s]
    return float(np.median(openness[first])) if len(first) >= profile.baseline_least_samples else float("nan")


def closed_below(times_s: Values, openness: Values, *, profile: FatigueProfile) -> float:
    """Return the EAR below which this eye counts as closed."""
    own = open_eye(times_s, openness, profile=profile)
    return max(profile.closed_ratio * own, profile.closed_floor) if np.isfinite(own) else profile.closed_fallback


def closed_of_openness(signals: TrackSignals, *, profile: FatigueProfile) -> Values:
    """Return (n,) 1 where the eyes are closed by their EAR, 0 where open, NaN where neither eye was measured.

    Each eye is measured by its own threshold, then both are averaged. An eye that never moves while the other does
    (a reflection on a glass) is left out.
    """
    eyes = signals.eye_openness.T
    limits = np.array([[closed_below(signals.times_s, eye, profile=profile)] for eye in eyes])
    moves = np.array([_spread(eye) >= profile.least_spread for eye in eyes])
    used = moves if moves.any() else ~moves
    opening = mean_of((eyes / limits)[used])
    return np.where(np.isfinite(opening), (opening < 1).astype(np.float64), np.nan)


def logits_of(trace: EyeTrace) -> Values:
    """Return (m,) the log odds that the eyes are closed, the mean of both: half-closed eyes move them already."""
    sure = 1 / (1 + np.exp(-SUREST_LOGIT))
    closed = np.clip(trace.closed.T, 1 - sure, sure)
    return mean_of(np.log(closed / (1 - closed)))


def closed_above(
    times_s: Values, logits: Values, blinks: Closures, *, rests_open: bool, profile: FatigueProfile
) -> float:
    """Return the log odds above which this person's eyes are closed, by how far their own first blinks go.

    Small or poorly lit eyes never look surely closed to the network, and narrow ones never surely open; blinks say
    what closed looks like. Without enough of them the network is taken at its word, unless it calls eyes closed in
    the first minute that ``rests_open``, the landmarks, show to be open.
    """
    rest = _rest(times_s, logits, profile=profile)
    learned = slice(0, profile.blinks_to_learn)
    first, last = (np.searchsorted(times_s, ends_s[learned]) for ends_s in (blinks.start_s, blinks.end_s))
    if len(first) == profile.blinks_to_learn:
        peak = float(np.median([logits[start : end + 1].max() for start, end in zip(first, last, strict=True)]))
        return rest + profile.closed_share_of_blink * (peak - rest)
    return (rest + SUREST_LOGIT) / 2 if rest > 0 and rests_open else 0.0


def is_open_at_rest(signals: TrackSignals, *, profile: FatigueProfile) -> bool:
    """Return whether the landmarks of the first clean minute show an eye open beyond doubt."""
    eyes = signals.eye_openness.T
    return any(open_eye(signals.times_s, eye, profile=profile) >= profile.closed_fallback for eye in eyes)


def mean_of(rows: Values) -> Values:
    """Return (n,) the mean of ``rows`` (k, n) without NaN; NaN where there is none."""
    known = np.isfinite(rows)
    mean = np.full(rows.shape[1], np.nan)
    np.divide(np.nan_to_num(rows).sum(axis=0), known.sum(axis=0), out=mean, where=known.any(axis=0))
    return mean


def _rest(times_s: Values, logits: Values, *, profile: FatigueProfile) -> float:
    """Return the median of the first minute: what the network says of these eyes when nothing happens."""
    known = np.flatnonzero(np.isfinite(logits))
    first = known[np.cumsum(weights_of(times_s)[known]) <= profile.baseline_s]
    return float(np.median(logits[first])) if len(first) else 0.0


def _spread(values: Values) -> float:
    known = values[np.isfinite(values)]
    return float(known.std()) if len(known) else 0.0
