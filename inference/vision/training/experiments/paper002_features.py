"""Table 3 of paper 002: four sets of features in ten random 8:2 splits, and with nobody on both sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from inference.vision.bench.record import record_figure
from inference.vision.features.fusion import classifier, fused
from inference.vision.features.hog import SIZE_PX, hog
from inference.vision.features.sift import codebook, descriptors
from inference.vision.training.experiments.paper002_deep import deep_features
from inference.vision.training.experiments.paper002_images import drawn
from inference.vision.training.experiments.paper002_record import COMMAND, keep_report
from inference.vision.training.metrics import IntArray
from inference.vision.training.recipe import load_recipe
from inference.vision.training.report import report_of
from inference.vision.training.samples import Samples
from inference.vision.training.sets import load_samples
from inference.vision.types import FloatArray, Hook, ImageArray

SPLITS, FOLDS, SEED = 10, 5, 2024
Rows = npt.NDArray[np.intp]
Said = Mapping[str, IntArray]


@dataclass(frozen=True, slots=True)
class Described:
    """n faces: ``deep`` (n, 4096), ``hog`` (n, 1764), SIFT descriptors at found keypoints and on a grid, n each."""

    deep: FloatArray
    hog: FloatArray
    found: list[FloatArray]
    dense: list[FloatArray]


def run(data: Path, runs: Path, hook: Hook, *, init: Path | None = None) -> None:
    """Describe 2,027 faces, classify them in every split, record each accuracy and the means.

    ``init`` is torchvision's state dict of vgg16, the paper's start, for those who have it.
    """
    recipe = load_recipe("drsn", "compare")
    samples = drawn(load_samples(data, runs / "drsn", recipe, hook))
    deep, margin = deep_features(samples.images, data, runs, hook, init=init), recipe.input.margin_px
    faces = described(samples.images[:, margin:-margin, margin:-margin], deep)
    command = COMMAND.format("paper002-features") + (" --init FILE" if init else "")
    keep_random(faces, samples, hook, command=command)
    keep_subjects(faces, samples, hook, command=command)


def described(crops: ImageArray, deep: FloatArray) -> Described:
    """Return HOG and SIFT of aligned ``crops`` (n, h, w) beside their ``deep`` features."""
    large = np.stack([cv2.resize(crop, (SIZE_PX, SIZE_PX), interpolation=cv2.INTER_CUBIC) for crop in crops])
    dense = [descriptors(crop, is_dense=True) for crop in crops]
    return Described(deep, hog(large.astype(np.uint8)), [descriptors(crop) for crop in crops], dense)


def keep_random(faces: Described, samples: Samples, hook: Hook, *, command: str) -> None:
    """Record the accuracy in ten random splits, as the paper counts, and the mean."""
    from sklearn.model_selection import StratifiedShuffleSplit

    splits = StratifiedShuffleSplit(SPLITS, test_size=0.2, random_state=SEED).split(samples.truth, samples.truth)
    hits: dict[str, list[float]] = {}
    for number, (train, test) in enumerate(splits, 1):
        for name, said in answers(faces, samples.truth, train, test).items():
            hits.setdefault(name, []).append(float((said == samples.truth[test]).mean()))
            _keep(f"fusion_{name}_split{number}", hits[name][-1], len(test), command=command)
        hook("random splits", number, SPLITS)
    for name, shares in hits.items():
        _keep(f"fusion_{name}", float(np.mean(shares)), SPLITS * len(test), command=command)


def keep_subjects(faces: Described, samples: Samples, hook: Hook, *, command: str) -> None:
    """Record the figures over five folds that share nobody; every face is tested once."""
    from sklearn.model_selection import StratifiedGroupKFold

    people, truth = samples.everyone(), samples.truth
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED).split(truth, truth, people)
    said: dict[str, IntArray] = {}
    for number, (train, test) in enumerate(folds, 1):
        for name, answer in answers(faces, truth, train, test).items():
            said.setdefault(name, np.zeros_like(truth))[test] = answer
        hook("folds by person", number, FOLDS)
    for name, answer in said.items():
        sure = np.eye(len(samples.names), dtype=np.float32)[answer]
        report = report_of(sure, truth, people=people, sources=samples.sources, labels=samples.names)
        keep_report(f"fusion_{name}", report, protocol="subject", command=command)


def answers(faces: Described, truth: IntArray, train: Rows, test: Rows) -> Said:
    """Return what an SVM that saw ``train`` says of ``test``, for each set of features."""
    return {name: _answer(features, truth, train, test) for name, features in _sets(faces, train)}


def _sets(faces: Described, train: Rows) -> Iterator[tuple[str, FloatArray]]:
    found, dense = (_bags(descriptors, train) for descriptors in (faces.found, faces.dense))
    yield from (("cnn", faces.deep), ("hog", faces.hog), ("sift", found), ("sift_dense", dense))
    yield "fusion", fused(faces.deep, faces.hog, found)


def _bags(descriptors_of: list[FloatArray], train: Rows) -> FloatArray:
    return codebook([descriptors_of[row] for row in train], seed=SEED).histograms(descriptors_of)


def _answer(features: FloatArray, truth: IntArray, train: Rows, test: Rows) -> IntArray:
    fitted = classifier(seed=SEED).fit(features[train], truth[train])
    return np.asarray(fitted.predict(features[test]), np.int64)


def _keep(name: str, value: float, count: int, *, command: str) -> None:
    record_figure(f"model.drsn.{name}.accuracy", value, n=count, command=command, protocol="paper")
