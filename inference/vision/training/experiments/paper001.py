"""Paper 001 on LFW's View 2: the shipped embedding, its teacher, and both on gray faces of 48 px."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn

from inference.vision.bench.record import PAPER, PROTOCOLS, record_figure
from inference.vision.families import load_network
from inference.vision.training.face_photos import Photos
from inference.vision.training.face_teacher import load_teacher
from inference.vision.training.flops import cost_of
from inference.vision.training.lfw_pairs import VIEW_2, read_pairs
from inference.vision.training.lfw_protocol import Embedder, network_embedder, pair_scores
from inference.vision.training.plots import plot_roc
from inference.vision.training.recipe import Recipe, load_recipe
from inference.vision.training.verification import BoolArray, Folds, roc, view_2
from inference.vision.types import FloatArray, Hook, ImageArray

FAMILY = "facenet"
COMMAND = "python manage.py bench --measure paper001 --data ../shared/data"
COARSE_PX, MIDDLE = 48, slice(20, 140)  # LFW's middle 120 px at 48 px: about the face that FER2013 shows
Z95 = 1.96


def run(data: Path, runs: Path, hook: Hook) -> None:
    """Measure, record, and leave the scores of every pair and the ROC beside the run's checkpoints."""
    recipe, (network, _) = load_recipe(FAMILY, "default"), load_network(FAMILY)
    ours, pairs = network_embedder(network, recipe), read_pairs(data, VIEW_2)
    teacher = teacher_embedder(data, hook)
    tested: dict[str, Embedder] = {"": ours, "_gray48": lambda photos: ours(coarse(photos))}
    tested |= {"_teacher": teacher, "_teacher_gray48": lambda photos: teacher(coarse(photos))}
    scores = {name: pair_scores(embed, pairs, data, runs, hook) for name, embed in tested.items()}
    for name, values in scores.items():
        keep(f"lfw_view2{name}", values, pairs.is_same, view_2(values, pairs.is_same, pairs.folds))
    keep_cost(network, recipe)
    write(runs / FAMILY / "view2", scores, pairs.is_same)


def teacher_embedder(data: Path, hook: Hook) -> Embedder:
    """Return what embeds photos by the teacher."""
    teacher = load_teacher(data)
    return lambda photos: teacher.embed(photos.teacher_crops(), hook)


def coarse(photos: Photos) -> Photos:
    """Return LFW's ``photos`` as FER2013 shows faces: gray, 48 px; the points move along."""
    scale = COARSE_PX / (MIDDLE.stop - MIDDLE.start)
    images = [_coarse(image) for image in photos.images]
    points = np.asarray((photos.points - MIDDLE.start) * scale, np.float32)
    return Photos(photos.source, images, points, photos.people, photos.names)


def keep(data_name: str, scores: FloatArray, is_same: BoolArray, folds: Folds) -> None:
    """Record the figures of one network; View 2 is the paper's protocol, and nobody of it was trained on."""
    half, curve, count = Z95 * folds.standard_error, roc(scores, is_same), len(scores)
    record = partial(record_figure, n=count, command=COMMAND)
    for protocol in PROTOCOLS:
        key = f"model.{FAMILY}.{data_name}"
        record(f"{key}.accuracy", folds.mean, low=folds.mean - half, high=folds.mean + half, protocol=protocol)
        record(f"{key}.standard_error_accuracy", folds.standard_error, protocol=protocol)
        record(f"{key}.auc", curve.auc, protocol=protocol)
        record(f"{key}.eer", curve.eer, protocol=protocol)


def write(folder: Path, scores: dict[str, FloatArray], is_same: BoolArray) -> None:
    """Write the points of each ROC and their plot into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    named = {name.strip("_") or "facenet": values for name, values in scores.items()}
    plot_roc({name: (values, is_same) for name, values in named.items()}, folder / "roc.png")
    points = {name: _points(values, is_same) for name, values in named.items()}
    (folder / "roc.json").write_text(json.dumps(points, indent=1) + "\n", encoding="utf-8")


def keep_cost(network: nn.Module, recipe: Recipe) -> None:
    """Record how many parameters ``network`` has and what it computes for one face."""
    cost = cost_of(network, torch.zeros(1, 3, recipe.input.size_px, recipe.input.size_px))
    for metric, value in (("parameters", cost.parameters), ("gmacs", cost.macs / 1e9)):
        record_figure(f"model.{FAMILY}.lfw_view2.{metric}", value, command=COMMAND, protocol=PAPER)


def _coarse(image: ImageArray) -> ImageArray:
    gray = cv2.cvtColor(np.ascontiguousarray(image[MIDDLE, MIDDLE]), cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.resize(gray, (COARSE_PX, COARSE_PX), interpolation=cv2.INTER_AREA), np.uint8)


def _points(scores: FloatArray, is_same: BoolArray) -> dict[str, list[float]]:
    curve = roc(scores, is_same)
    return {"far": curve.far.round(5).tolist(), "tar": curve.tar.round(5).tolist()}
