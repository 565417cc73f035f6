"""Yawns: no person on two sides, whatever the set's own split says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference.vision.training.protocols import TEST, TRAIN
from inference.vision.training.recipe import load_recipe
from inference.vision.training.samples import Samples
from inference.vision.training.sets import load_samples

PEOPLE, PHOTOS, STRANGERS = 24, 4, 30


@pytest.fixture
def samples(tmp_path: Path) -> Samples:
    """Faces of ``PEOPLE`` with ``PHOTOS`` each, and one each of LFW's ``STRANGERS``, as an earlier call left them."""
    random = np.random.default_rng(5)
    own = np.repeat(random.integers(0, 220, (PEOPLE, 64, 64)), PHOTOS, axis=0)
    images = np.concatenate([own + random.integers(0, 9, own.shape), random.integers(0, 220, (STRANGERS, 64, 64))])
    who = np.concatenate(
        [np.repeat(random.normal(0, 1, (PEOPLE, 128)), PHOTOS, axis=0), random.normal(0, 1, (30, 128))]
    )
    np.savez(
        tmp_path / "faces-48.npz",
        images=images.astype(np.uint8),
        who=(who / np.linalg.norm(who, axis=1, keepdims=True)).astype(np.float32),
        truth=np.concatenate([np.arange(len(own)) % 2, np.zeros(STRANGERS, int)]).astype(np.uint8),
        names=np.array([f"file-{number}" for number in range(len(own))] + [f"Stranger_{n}" for n in range(STRANGERS)]),
        sources=np.array(["yawn"] * len(own) + ["lfw"] * STRANGERS),
    )
    return load_samples(tmp_path, tmp_path, load_recipe("yawn", "default"))


def test_photos_of_one_person_share_a_split(samples: Samples) -> None:
    splits = samples.splits[: PEOPLE * PHOTOS].reshape(PEOPLE, PHOTOS)
    assert (splits == splits[:, :1]).all()
    assert len(np.unique(splits)) == 3


def test_faces_of_lfw_are_learned_from_but_never_tested(samples: Samples) -> None:
    is_lfw = samples.sources == "lfw"
    assert (samples.truth[is_lfw & (samples.splits == TRAIN)] == 0).all()
    assert (samples.truth[is_lfw & (samples.splits == TEST)] == -1).all()
    assert set(samples.counted(TEST).sources.tolist()) == {"yawn"}
