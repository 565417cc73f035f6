from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference.vision.training.experiments import paper001
from inference.vision.training.face_photos import Photos
from inference.vision.training.verification import view_2


def test_coarse_photos_are_gray_48_px_and_their_points_stay_on_the_same_spot() -> None:
    image = np.zeros((160, 160, 3), np.uint8)
    image[78:83, 58:63] = 255
    names = np.array(["a"])
    coarse = paper001.coarse(Photos("lfw", [image], np.array([[[60.0, 80.0]]], np.float32), names, names))
    assert coarse.images[0].shape == (48, 48)
    assert coarse.points[0, 0].tolist() == pytest.approx([16, 24])
    brightest = np.unravel_index(coarse.images[0].argmax(), (48, 48))
    assert np.abs(np.subtract(brightest, (24, 16))).max() <= 1


def test_figures_are_recorded_with_their_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[str, Any] = {}
    monkeypatch.setattr(paper001, "record_figure", lambda key, value, **facts: kept.update({key: (value, facts)}))
    is_same = np.arange(40) % 2 == 0
    scores = (is_same + np.random.default_rng(0).normal(size=40) * 0.7).astype(np.float32)
    folds = view_2(scores, is_same, np.arange(40) // 10)
    paper001.keep("lfw_view2", scores, is_same, folds)
    value, facts = kept["model.facenet.lfw_view2.accuracy"]
    assert value == folds.mean
    assert facts["high"] - facts["low"] == pytest.approx(2 * 1.96 * folds.standard_error)
    assert facts["n"] == 40


def test_roc_points_and_plot_are_written(tmp_path: Path) -> None:
    is_same = np.array([True, True, False, False])
    paper001.write(tmp_path, {"": np.array([0.9, 0.3, 0.5, 0.1], np.float32)}, is_same)
    points = json.loads((tmp_path / "roc.json").read_text())["facenet"]
    assert points == {"far": [0, 0, 0.5, 0.5, 1], "tar": [0, 0.5, 0.5, 1, 1]}
    assert (tmp_path / "roc.png").stat().st_size > 1000
