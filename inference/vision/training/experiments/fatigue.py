"""Eyes and yawns as small as a gallery shows them, and on faces of other sets than were learned from."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from torch import nn

from inference.vision.bench.record import SUBJECT, record_figure
from inference.vision.families import load_network
from inference.vision.families.common import to_probabilities
from inference.vision.training.classification import predict
from inference.vision.training.evidence import read_source
from inference.vision.training.experiments.eye_crops import eyes_of
from inference.vision.training.protocols import TEST
from inference.vision.training.recipe import Recipe, load_recipe
from inference.vision.training.report import Report, report_of
from inference.vision.training.samples import Samples
from inference.vision.training.sets import load_samples
from inference.vision.types import Hook, ImageArray

EYE_SIDES_PX = (12, 16, 24, 32)
FACE_SIDES_PX = (16, 24, 32, 48)
LFW_STEP = 6


def run_eyes(data: Path, runs: Path, hook: Hook) -> None:
    """Measure the shipped eye network on test eyes of ``EYE_SIDES_PX``, and on eyes of LFW's faces."""
    (network, _), recipe = load_network("eye_state"), load_recipe("eye_state", "default")
    tested = load_samples(data, runs / recipe.family, recipe, hook).counted(TEST)
    _record_sides(network, recipe, tested, EYE_SIDES_PX, hook)
    source, reading = read_source("lfw", data=data, cache=runs / "drsn", hook=hook)
    _record_sides(network, recipe, eyes_of(source, reading, step=LFW_STEP), EYE_SIDES_PX, hook)


def run_yawns(data: Path, runs: Path, hook: Hook) -> None:
    """Measure the shipped yawn network on test faces of ``FACE_SIDES_PX``, and false alarms on LFW's other people."""
    (network, _), recipe = load_network("yawn"), load_recipe("yawn", "default")
    samples = load_samples(data, runs / recipe.family, recipe, hook)
    _record_sides(network, recipe, samples.counted(TEST), FACE_SIDES_PX, hook)
    strangers = samples.where((samples.splits == TEST) & (samples.sources == "lfw"))
    alarms = predict(network, recipe, strangers, "cpu").argmax(axis=1) == 1
    command = "manage.py bench --measure fatigue-yawns --data DIR"
    count = len(alarms)
    record_figure("model.yawn.lfw.false_share", float(alarms.mean()), n=count, command=command, protocol=SUBJECT)


def shrunk(images: ImageArray, *, side_px: int, framed_px: int) -> ImageArray:
    """Return ``images`` (n, h, w) as large as before with the detail of a camera that saw them small.

    The middle ``framed_px`` of each are shown at ``side_px``; any margin around them shrinks alike.
    """
    height, width = images.shape[1:3]
    small = (round(width * side_px / framed_px), round(height * side_px / framed_px))
    if small[0] >= width:
        return images
    coarse = [cv2.resize(image, small, interpolation=cv2.INTER_AREA) for image in images]
    return np.stack([cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR) for image in coarse]).astype(
        np.uint8
    )


def _record_sides(network: nn.Module, recipe: Recipe, samples: Samples, sides_px: tuple[int, ...], hook: Hook) -> None:
    framed_px = samples.images.shape[1] - 2 * recipe.input.margin_px
    name = "lfw" if samples.sources[0] == "lfw" else recipe.data
    command = f"manage.py bench --measure fatigue-{'eyes' if recipe.family == 'eye_state' else 'yawns'} --data DIR"
    for step, side_px in enumerate((framed_px, *sides_px)):
        report = _report(network, recipe, samples, shrunk(samples.images, side_px=side_px, framed_px=framed_px))
        key = f"model.{recipe.family}.{name}.accuracy" + (f"_{side_px}px" if step else "")
        value, low, high = report.accuracy
        record_figure(key, value, low=low, high=high, n=report.count, command=command, protocol=SUBJECT)
        hook(f"{recipe.family} at {side_px} px", step + 1, len(sides_px) + 1)


def _report(network: nn.Module, recipe: Recipe, samples: Samples, images: ImageArray) -> Report:
    shown = Samples(
        images, samples.labels, samples.truth, samples.people, samples.splits, samples.sources, samples.names
    )
    probabilities = to_probabilities(predict(network, recipe, shown, "cpu"), temperature=1.0)
    facts = {"people": shown.everyone(), "sources": shown.sources}
    return report_of(probabilities, shown.truth, labels=shown.names, **facts)
