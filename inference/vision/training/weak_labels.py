"""Weak labels: the six learning emotions of paper 002, Table 1, as fuzzy rules over measured evidence.

Table 1 tells the classes apart by mouth, eyes, brows, head and gaze. Each cell becomes a membership in 0..1, each row
a product of its cells; the strengths, normalised, are the soft label. A face that fits no row is left out. The rules,
their thresholds and their limits are told in ``docs/models/weak-labels.md``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inference.vision.types import FloatArray

LABELS = ("focused", "distracted", "curious", "confused", "tired", "happy")
VOTES = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt")
MIN_STRENGTH = 0.35
UNKNOWN = -1.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of n faces, every field (n,) float32; blendshapes are 0..1, UNKNOWN where a set says nothing.

    Angles are degrees from the set's or person's usual pose. ``votes`` (n, 8) are shares in the order of ``VOTES``,
    ``level`` is WACV's engagement (1 to 3), ``yawn``, ``bored`` and ``attentive`` are human labels, 0 or 1.
    """

    yaw_deg: FloatArray
    pitch_deg: FloatArray
    mouth_openness: FloatArray
    smile: FloatArray
    brow_down: FloatArray
    brow_up: FloatArray
    eye_blink: FloatArray
    eye_wide: FloatArray
    look_side: FloatArray
    look_down: FloatArray
    votes: FloatArray
    level: FloatArray
    yawn: FloatArray
    bored: FloatArray
    attentive: FloatArray


@dataclass(frozen=True, slots=True)
class Cues:
    """The cells of Table 1 as memberships (n,) in 0..1."""

    mouth_open: FloatArray
    mouth_gaping: FloatArray
    smiling: FloatArray
    frowning: FloatArray
    brows_raised: FloatArray
    eyes_closed: FloatArray
    eyes_narrow: FloatArray
    eyes_widened: FloatArray
    head_turned: FloatArray
    head_down: FloatArray
    gaze_away: FloatArray


def ramp(value: FloatArray, low: float, high: float) -> FloatArray:
    """Return 0 below ``low``, 1 above ``high``, linear between."""
    return np.asarray(np.clip((value - low) / (high - low), 0.0, 1.0), np.float32)


def cues_of(e: Evidence) -> Cues:
    """Turn measurements into memberships of Table 1's cells."""
    eyes_closed = ramp(e.eye_blink, 0.45, 0.65)
    return Cues(
        mouth_open=ramp(e.mouth_openness, 0.08, 0.3),
        mouth_gaping=ramp(e.mouth_openness, 0.45, 0.8),
        smiling=ramp(e.smile, 0.2, 0.55),
        frowning=ramp(e.brow_down, 0.06, 0.25),
        brows_raised=ramp(e.brow_up, 0.4, 0.65),
        eyes_closed=eyes_closed,
        eyes_narrow=ramp(e.eye_blink, 0.25, 0.45),
        eyes_widened=ramp(e.eye_wide, 0.03, 0.12),
        head_turned=ramp(np.abs(e.yaw_deg), 16, 32),
        head_down=ramp(-e.pitch_deg, 12, 25),
        gaze_away=np.maximum(ramp(e.look_side, 0.45, 0.7), ramp(e.look_down, 0.4, 0.65) * (1 - eyes_closed)),
    )


def strengths(e: Evidence) -> FloatArray:
    """Return how far each face fits each row of Table 1, (n, 6) in 0..1, in the order of ``LABELS``."""
    c = cues_of(e)
    rows = [_focused(e, c), _distracted(e, c), _curious(e, c), _confused(e, c), _tired(e, c), _happy(e, c)]
    return np.stack(rows, axis=1).astype(np.float32)


def soft_labels(e: Evidence) -> tuple[FloatArray, FloatArray]:
    """Return soft labels (n, 6) that sum to 1 and the best strength (n,); below ``MIN_STRENGTH`` it fits no row."""
    fits = strengths(e)
    return fits / np.maximum(fits.sum(axis=1, keepdims=True), 1e-6), fits.max(axis=1)


def _focused(e: Evidence, c: Cues) -> FloatArray:
    on_screen = (1 - c.head_turned) * (1 - c.head_down) * (1 - c.gaze_away)
    natural = (1 - c.mouth_open) * (1 - c.smiling) * (1 - c.frowning) * (1 - c.brows_raised)
    fit = on_screen * natural * (1 - c.eyes_closed) * _voted(e, ("neutral",), 0.2, 0.6)
    fit = np.where(e.attentive == 1, np.maximum(fit, 0.6 * (1 - c.smiling)), fit)
    fit = np.where(e.bored == 1, 0.3 * fit, fit)
    return np.select([e.level == 1, e.level == 2], [0.1 * fit, 0.7 * fit], fit)


def _distracted(e: Evidence, c: Cues) -> FloatArray:
    elsewhere = np.maximum.reduce([c.head_turned, c.gaze_away, c.head_down * (1 - c.eyes_closed)])
    fit = elsewhere * (1 - 0.7 * c.mouth_open) * (1 - c.smiling) * _calm(e, ("happiness", "surprise"))
    fit = np.where(e.bored == 1, np.maximum(fit, 0.3), fit)
    return np.select([e.level == 1, e.level == 3], [np.maximum(fit, 0.4), 0.5 * fit], fit)


def _curious(e: Evidence, c: Cues) -> FloatArray:
    lifted = np.maximum(c.brows_raised, c.eyes_widened)
    fit = c.mouth_open * lifted * _voted(e, ("surprise",), 0.1, 0.5)
    fit = np.maximum(fit, _share(e, "surprise") * np.maximum(c.mouth_open, lifted))
    facing = (1 - c.head_turned) * (1 - c.smiling) * (1 - c.eyes_closed)
    return np.asarray(fit * facing * np.where(e.yawn == 1, 0.0, 1.0), np.float32)


def _confused(e: Evidence, c: Cues) -> FloatArray:
    fit = c.frowning * (1 - c.mouth_open) * (1 - c.smiling) * (1 - c.eyes_closed) * (1 - c.head_turned)
    calm = _calm(e, ("happiness", "surprise")) * (1 - ramp(_share(e, "anger"), 0.4, 0.8))
    return np.asarray(fit * calm, np.float32)


def _tired(e: Evidence, c: Cues) -> FloatArray:
    yawning = c.mouth_gaping * c.eyes_narrow * _calm(e, ("happiness", "surprise", "anger"))
    yawning = np.select([e.yawn == 1, e.yawn == 0], [np.ones_like(yawning), np.zeros_like(yawning)], yawning)
    asleep = c.eyes_closed * (1 - c.smiling) * (1 - c.mouth_open) * _calm(e, ("happiness", "anger"))
    fit = np.maximum(yawning, asleep)
    fit = np.where(e.bored == 1, np.maximum(fit, 0.3 + 0.4 * c.eyes_narrow), fit)
    return np.select([e.level == 1, e.level == 3], [np.maximum(fit, 0.4 * c.eyes_narrow), 0.5 * fit], fit)


def _happy(e: Evidence, c: Cues) -> FloatArray:
    seen = np.where(_has_votes(e), ramp(_share(e, "happiness"), 0.3, 0.7), c.smiling)
    facing = (1 - 0.5 * c.head_turned) * (1 - 0.3 * c.eyes_closed)
    # in WACV a hand before the mouth reads as a smile, and nobody there was told to have smiled
    doubtful = (e.yawn == 1) | (e.level != UNKNOWN)
    return np.asarray(seen * facing * np.where(doubtful, 0.2, 1.0), np.float32)


def _share(e: Evidence, *names: str) -> FloatArray:
    columns = [VOTES.index(name) for name in names]
    return np.asarray(np.clip(e.votes[:, columns], 0.0, 1.0).sum(axis=1), np.float32)


def _has_votes(e: Evidence) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.asarray(e.votes[:, 0] != UNKNOWN)


def _voted(e: Evidence, names: tuple[str, ...], low: float, high: float) -> FloatArray:
    """Return how far the voters agree on ``names``; 1 where nobody voted, so that the measurements decide alone."""
    return np.where(_has_votes(e), ramp(_share(e, *names), low, high), 1.0).astype(np.float32)


def _calm(e: Evidence, against: tuple[str, ...]) -> FloatArray:
    """Return 1 where no voter saw one of ``against``, disgust or fear, 0 where most did; 1 where nobody voted."""
    return np.asarray(1 - ramp(_share(e, *against, "disgust", "fear"), 0.3, 0.7), np.float32)
