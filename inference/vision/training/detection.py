"""Trains the face detector: ``python -m inference.vision.training.detection --frames runs/face_detector``.

The frames are composed by ``python -m benchmarks.galleries.teaching``. A second call continues.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Generator, Tensor, nn

from inference.vision.families.face_detector.data import crop, relit, targets
from inference.vision.families.face_detector.decode import decode
from inference.vision.families.face_detector.loss import DetectionLoss
from inference.vision.families.face_detector.network import STRIDE_PX, FaceDetectorNetwork
from inference.vision.stages.detect import overlaps, suppress
from inference.vision.training.face_frames import FaceFrames, unpack
from inference.vision.training.fit import fit
from inference.vision.training.publish import card_lines, identity_of, ship, training_of
from inference.vision.training.recipe import Recipe, load_recipe
from inference.vision.training.task import Batch, Rows
from inference.vision.types import FloatArray
from inference.vision.weights import card_path, file_sha256

FAMILY, CROPS_A_FRAME = "face_detector", 8
MIN_SCORE, MAX_OVERLAP, LEAST_MATCH = 0.6, 0.3, 0.5
SMALL_PX, LARGE_PX, LARGEST_PX = 20.0, 40.0, 160.0
Sample = tuple[FloatArray, ...]


@dataclass(frozen=True, slots=True)
class DetectionTask:
    """Crops of composed frames, and how many faces of held-out frames are found.

    Half of the frames of a batch are ``hard`` ones; their rows follow those of ``train``.
    """

    recipe: Recipe
    train: FaceFrames
    validation: FaceFrames
    hard: FaceFrames

    def build(self) -> tuple[nn.Module, nn.Module]:
        """Return a fresh network and its loss."""
        return FaceDetectorNetwork(**self.recipe.network), DetectionLoss()

    def batches(self, epoch: int) -> Sequence[Rows]:
        """Return the frames of each step of ``epoch``."""
        profile = self.recipe.profile
        random = np.random.default_rng([profile.seed, epoch])
        frames = profile.batch // CROPS_A_FRAME
        steps, ordinary = profile.epoch_samples // profile.batch, len(self.train)
        easy = random.integers(ordinary, size=(steps, frames - frames // 2))
        hard = random.integers(ordinary, ordinary + len(self.hard), size=(steps, frames // 2))
        return list(np.concatenate([easy, hard], axis=1))

    def collate(self, rows: Rows, generator: Generator, *, size_px: int) -> Batch:
        """Return crops (n, 3, size_px, size_px) and their maps."""
        random = np.random.default_rng(int(torch.randint(2**31, (1,), generator=generator)))
        samples = [sample for row in rows for sample in self._crops(int(row), random, size_px)]
        return tuple(torch.from_numpy(np.stack(column)) for column in zip(*samples, strict=True))

    def loss(self, network: nn.Module, loss: nn.Module, batch: Batch) -> Tensor:
        """Return the loss of ``batch``; convolutions compute in bfloat16."""
        pixels, *maps = batch
        pixels = pixels.to(memory_format=torch.channels_last)
        with torch.autocast(pixels.device.type, torch.bfloat16):
            cells = network(pixels)
        value: Tensor = loss(cells.float(), *maps)
        return value

    def score(self, network: nn.Module, device: str) -> dict[str, float]:
        """Return ``found``: the mean recall of small and large faces less false faces a frame, and the three alone."""
        rows = [_counts(network, self.validation, row) for row in range(len(self.validation))]
        counts = np.sum(rows, axis=0).tolist()
        small, large, false = counts[0] / counts[1], counts[2] / counts[3], counts[4] / len(self.validation)
        return {"found": (small + large) / 2 - false / 20, "small": small, "large": large, "false": false}

    def _crops(self, row: int, random: np.random.Generator, size_px: int) -> list[Sample]:
        frames, row = (self.train, row) if row < len(self.train) else (self.hard, row - len(self.train))
        image, faces = frames.image(row), frames.faces(row)
        samples: list[Sample] = []
        for _ in range(CROPS_A_FRAME):
            picture, (boxes, points) = crop(image, faces, size_px, random)
            pixels = relit(picture, random).transpose(2, 0, 1).astype(np.float32)
            samples.append((pixels, *targets(boxes, points, size_px // STRIDE_PX)))
        return samples


def _counts(network: nn.Module, frames: FaceFrames, row: int) -> FloatArray:
    """Return small faces found, small faces, large ones found, large ones, and false faces of one frame."""
    image, (truth, _) = frames.image(row), frames.faces(row)
    below, right = -image.shape[0] % 16, -image.shape[1] % 16
    pixels = torch.from_numpy(
        np.pad(image, ((0, below), (0, right), (0, 0))).transpose(2, 0, 1)[None].astype(np.float32)
    )
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        cells = network(pixels.contiguous(memory_format=torch.channels_last)).float().numpy()[0]
    boxes, _, scores = decode(cells, min_score=MIN_SCORE)
    boxes = boxes[suppress(boxes, scores, max_overlap=MAX_OVERLAP)]
    overlap = overlaps(truth, boxes)
    heights = truth[:, 3] - truth[:, 1]
    is_found = overlap.max(axis=1, initial=0) >= LEAST_MATCH
    is_small, is_large = (heights >= SMALL_PX) & (heights < LARGE_PX), (heights >= LARGE_PX) & (heights < LARGEST_PX)
    false = (overlap.max(axis=0, initial=0) < LEAST_MATCH).sum()
    facts = [(is_found & is_small).sum(), is_small.sum(), (is_found & is_large).sum(), is_large.sum(), false]
    return np.array(facts, np.float32)


def main() -> None:
    """Train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=Path, required=True, help="folder of the composed frames")
    parser.add_argument("--profile", default="default")
    parser.add_argument("--publish", action="store_true", help="write the best weights and their card into the family")
    options = parser.parse_args()
    recipe = load_recipe(FAMILY, options.profile)
    train, validation, hard = (unpack(options.frames / f"{name}.npz") for name in ("train", "validation", "hard"))
    task = DetectionTask(recipe, train, validation, hard)
    best = fit(task, options.frames / options.profile)
    sys.stdout.write(f"{publish(task, best, options.frames) if options.publish else best}\n")


def publish(task: DetectionTask, best: Path, frames: Path) -> Path:
    """Write the weights of ``best`` as they ship, and their card with what they find on held-out frames."""
    path = card_path(FAMILY)
    weights = path.with_name(f"{FAMILY}.safetensors")
    figures = task.score(ship(best, weights, task.build()[0]), "cpu")
    facts = identity_of(task.recipe, weights, []) | {"temperature": 1.0}
    facts["input_size"] = [0, 0]  # any
    test = {"frames": len(task.validation), "faces": len(task.validation.boxes), "min_score": MIN_SCORE} | {
        name: round(figures[name], 4) for name in ("small", "large", "false")
    }
    training = training_of(task.recipe, file_sha256(frames / "train.npz"))
    sections = {"network": dict(task.recipe.network), "training": training, "test": test}
    path.write_text("\n".join(card_lines(facts, sections)) + "\n", encoding="utf-8")
    return weights


if __name__ == "__main__":
    main()
