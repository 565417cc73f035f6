"""Eyes: near copies under other names stay in one split."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference.vision.training.protocols import TEST, signatures_of
from inference.vision.training.recipe import load_recipe
from inference.vision.training.samples import Samples
from inference.vision.training.sets import load_samples
from inference.vision.training.sets.eyes import NEAR_COPY, SIDE_PX
from tests.conftest import SHARED

ORIGINALS, COPIES = 40, 3


def loaded(data: Path, cache: Path) -> Samples:
    return load_samples(data, cache, load_recipe("eye_state", "default"))


def test_near_copies_of_one_eye_share_a_group_whatever_their_names(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    originals = random.integers(0, 200, (ORIGINALS, 64, 64))
    images = np.repeat(originals, COPIES, axis=0) + random.integers(0, 3, (ORIGINALS * COPIES, 64, 64))
    names = np.array([f"picture-{number}" for number in range(len(images))])
    is_open = np.repeat(np.arange(ORIGINALS) % 2, COPIES).astype(np.uint8)
    np.savez(tmp_path / "eye_state.npz", images=images.astype(np.uint8), is_open=is_open, source=names)
    samples = loaded(tmp_path, tmp_path)
    groups = samples.people.reshape(ORIGINALS, COPIES)
    assert (groups == groups[:, :1]).all()
    assert len(set(samples.people.tolist())) == ORIGINALS
    assert samples.truth.tolist() == is_open.tolist()


@pytest.mark.shared
@pytest.mark.slow
def test_no_tested_eye_has_a_near_copy_that_was_learned_from(tmp_path: Path) -> None:
    samples = loaded(SHARED / "data", tmp_path)
    signatures, is_test = signatures_of(list(samples.images), side_px=SIDE_PX), samples.splits == TEST
    assert 0.15 < is_test.mean() < 0.4
    assert (signatures[is_test] @ signatures[~is_test].T).max() <= NEAR_COPY
