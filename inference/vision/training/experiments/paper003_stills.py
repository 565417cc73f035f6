"""Two further tests of the network of paper 003: six expressions by leaving one out, and clips made of stills."""

from __future__ import annotations

import cv2
import numpy as np
import torch
from torch import nn

from inference.vision.families.cnn_lstm.decode import WINDOW, to_clips
from inference.vision.families.common import to_probabilities
from inference.vision.training.classification import predict
from inference.vision.training.protocols import TEST
from inference.vision.training.recipe import Recipe
from inference.vision.training.report import Report, report_of
from inference.vision.training.samples import Samples
from inference.vision.types import FloatArray, Hook, ImageArray
from inference.vision.weights import WeightCard

CLIPS, SEED = 500, 3
TURN_DEG, SCALE, SHIFT_PX = 2.0, 0.02, 2.0  # what a tracker's alignment trembles by


def restricted_report(network: nn.Module, recipe: Recipe, six: Samples) -> Report:
    """Return the figures of a network of seven on the test faces of ``six``, its last class never called."""
    tested = six.counted(TEST)
    return _report(predict(network, recipe, tested, "cpu")[:, : len(six.names)], tested)


def clip_report(network: nn.Module, card: WeightCard, samples: Samples, hook: Hook) -> Report:
    """Return the figures on ``CLIPS`` test faces, each shown as a window of trembling copies; nothing moves in them."""
    tested, random = samples.counted(TEST), np.random.default_rng(SEED)
    chosen = np.isin(np.arange(len(tested.truth)), random.permutation(len(tested.truth))[:CLIPS])
    tested = tested.where(chosen)
    logits = []
    for index, face in enumerate(tested.images):
        logits.append(_clip_logits(network, card, trembling(face, card.input_size, random)))
        hook("clips", index + 1, len(tested.images))
    return _report(np.concatenate(logits), tested)


def trembling(face: ImageArray, size: tuple[int, int], random: np.random.Generator) -> ImageArray:
    """Return ``face`` (h, w), enlarged to ``size``, as a window (WINDOW, height, width) of shaky copies."""
    height_px, width_px = size
    large = cv2.resize(face, (width_px, height_px), interpolation=cv2.INTER_CUBIC)
    frames = []
    for turn, zoom, right, down in random.uniform(-1, 1, (WINDOW, 4)):
        move = cv2.getRotationMatrix2D((width_px / 2, height_px / 2), turn * TURN_DEG, 1 + zoom * SCALE)
        move[:, 2] += (right * SHIFT_PX, down * SHIFT_PX)
        frames.append(cv2.warpAffine(large, move, (width_px, height_px), borderMode=cv2.BORDER_REPLICATE))
    return np.asarray(frames, np.uint8)


@torch.inference_mode()
def _clip_logits(network: nn.Module, card: WeightCard, window: ImageArray) -> FloatArray:
    return np.asarray(network(torch.from_numpy(to_clips(window[None], card))).numpy())


def _report(logits: FloatArray, tested: Samples) -> Report:
    probabilities = to_probabilities(logits, temperature=1.0)
    facts = {"people": tested.everyone(), "sources": tested.sources}
    return report_of(probabilities, tested.truth, labels=tested.names, **facts)
