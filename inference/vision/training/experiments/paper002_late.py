"""The option that paper 002 leaves open: HOG and SIFT beside the pooled features of the shipped DRSN."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from inference.vision.bench.record import record_figure
from inference.vision.families import load_network
from inference.vision.features.fusion import fused, late_fusion
from inference.vision.features.hog import SIZE_PX, hog
from inference.vision.features.sift import codebook, descriptors
from inference.vision.training.experiments.paper002_record import COMMAND, gap
from inference.vision.training.experiments.paper002_space import pooled
from inference.vision.training.protocols import TEST, VALIDATION
from inference.vision.training.recipe import load_recipe
from inference.vision.training.samples import Samples
from inference.vision.training.sets import load_samples
from inference.vision.types import FloatArray, Hook, ImageArray


def run(data: Path, runs: Path, hook: Hook) -> None:
    """Fit two heads on the validation people, with and without texture, and record the difference on the test people.

    The network knows its training people too well for a head to learn from them how far to trust it.
    """
    recipe = load_recipe("drsn", "default")
    network, _ = load_network("drsn")
    samples = load_samples(data, runs / "drsn", recipe, hook)
    known, tested = samples.counted(VALIDATION), samples.counted(TEST)
    deep = [pooled(network, recipe, part) for part in (known, tested)]  # type: ignore[arg-type]
    texture = textures([_crops(part, recipe.input.margin_px) for part in (known, tested)])
    size = deep[0].shape[1]
    joined = [fused(*pair) for pair in zip(deep, texture, strict=True)]
    heads = [late_fusion(size, components=components).fit(joined[0], known.truth) for components in (64, 0)]
    said = [head.predict(joined[1]) for head in heads]
    value, low, high = gap(said[0], said[1], tested.truth, tested.everyone())
    key, command = "model.drsn.late_fusion_minus_drsn.macro_f1", COMMAND.format("paper002-late")
    record_figure(key, value, low=low, high=high, n=len(tested.truth), command=command, protocol="subject")


def textures(parts: list[list[ImageArray]]) -> list[FloatArray]:
    """Return HOG and the bag of SIFT words of each part's crops; the words come from the first part alone."""
    found = [[descriptors(crop, is_dense=True) for crop in crops] for crops in parts]
    book = codebook(found[0])
    large = [_enlarged(crops) for crops in parts]
    return [fused(hog(big), book.histograms(bags)) for big, bags in zip(large, found, strict=True)]


def _enlarged(crops: list[ImageArray]) -> ImageArray:
    return np.asarray([cv2.resize(crop, (SIZE_PX, SIZE_PX)) for crop in crops], np.uint8)


def _crops(samples: Samples, margin: int) -> list[ImageArray]:
    return list(samples.images[:, margin:-margin, margin:-margin])
