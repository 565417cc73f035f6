"""From a set's facts and the teacher's reading to the evidence that the rules ask for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from inference.vision.training.datasets import BF_UNKNOWN, Source
from inference.vision.training.protocols import StrArray
from inference.vision.training.teachers import BLENDSHAPES, Reading, head_pose
from inference.vision.training.weak_labels import UNKNOWN, VOTES, Evidence
from inference.vision.types import FloatArray

FER_COLUMNS = (0, 1, 2, 3, 4, 5, 6, 7)  # neutral, happiness, surprise, sadness, anger, disgust, fear, contempt
CKPLUS_VOTES = {"happy": "happiness"}  # its other names are those of FER+
BORED, ATTENTIVE = 1, 2


def evidence_of(source: Source, reading: Reading) -> Evidence:
    """Return the evidence for every image of ``source``, from its facts and the teacher's reading."""
    pose = usual_pose_removed(head_pose(reading.points), _pose_groups(source), reading.presence > 0)
    shapes = {name: reading.shapes[:, columns].mean(axis=1) for name, columns in BLENDSHAPES.items()}
    hand = source.facts.get("bored_focused", np.full(len(source.images), BF_UNKNOWN))
    return Evidence(
        yaw_deg=pose[:, 0],
        pitch_deg=pose[:, 1],
        mouth_openness=mouth_openness(reading.points),
        smile=shapes["mouth_smile"],
        brow_down=shapes["brow_down"],
        brow_up=(shapes["brow_inner_up"] + shapes["brow_outer_up"]) / 2,
        eye_blink=shapes["eye_blink"],
        eye_wide=shapes["eye_wide"],
        look_side=np.maximum(shapes["eye_look_left"], shapes["eye_look_right"]),
        look_down=shapes["eye_look_down"],
        votes=vote_shares(source),
        level=_fact(source, "level"),
        yawn=_fact(source, "has_yawn"),
        bored=(hand == BORED).astype(np.float32),
        attentive=(hand == ATTENTIVE).astype(np.float32),
    )


def vote_shares(source: Source) -> FloatArray:
    """Return the shares (n, 8) of FER+ votes, of CK+'s one label, or UNKNOWN where a set has neither."""
    shares = np.full((len(source.images), len(VOTES)), UNKNOWN, np.float32)
    if "votes" in source.facts:
        votes = source.facts["votes"].astype(np.float32)
        shares = votes[:, FER_COLUMNS] / np.maximum(votes.sum(axis=1, keepdims=True), 1)
    if "expression" in source.facts:
        names = [CKPLUS_VOTES.get(str(name), str(name)) for name in source.facts["expression"]]
        shares = np.array([[float(name == vote) for vote in VOTES] for name in names], np.float32)
    return shares


def mouth_openness(points: FloatArray) -> FloatArray:
    """Return inner-lip height over width (n,), from points (n, 478, 3)."""
    height = np.linalg.norm(points[:, 13, :2] - points[:, 14, :2], axis=1)
    width = np.linalg.norm(points[:, 78, :2] - points[:, 308, :2], axis=1)
    return np.asarray(height / np.maximum(width, 1e-6), np.float32)


def usual_pose_removed(pose_deg: FloatArray, groups: StrArray, is_seen: npt.NDArray[np.bool_]) -> FloatArray:
    """Subtract each group's median yaw and pitch from ``pose_deg`` (n, 3): cameras stand at different heights."""
    centred = pose_deg.copy()
    for group in np.unique(groups):
        members = groups == group
        centred[members, :2] -= np.median(pose_deg[members & is_seen, :2], axis=0)
    return centred


def _pose_groups(source: Source) -> StrArray:
    return source.people if source.name == "wacv" else np.full(len(source.images), source.name)


def _fact(source: Source, name: str) -> FloatArray:
    values = source.facts.get(name)
    return np.full(len(source.images), UNKNOWN, np.float32) if values is None else values.astype(np.float32)
