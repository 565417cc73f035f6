"""Teaches the network that tells covered faces from bare ones, and writes its weights and card.

    python -m inference.vision.training.covers --data ../shared/data

Bare: photos of LFW and CK+, also with random things beside their features. Covered: random things before them
(``covering.py``). A fifth of the people, by name, is left out: the threshold is chosen on half of them here, and
``benchmarks/quality.py`` measures masks, hands and phones on the other half. About five minutes of one core.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import save_file
from torch import Generator, Tensor, nn

from inference.vision.families.common import centre_crop, coarsened, moved, noisy, relit
from inference.vision.families.cover.network import Cover
from inference.vision.training.cover_faces import Shown, faces_of, group_of, shown
from inference.vision.types import FloatArray, ImageArray
from inference.vision.weights import card_path, file_sha256

SIDE_PX, MEAN, STD = 48, 0.5, 0.25
SEED, EPOCHS, BATCH, LEARNING_RATE, WEIGHT_DECAY = 20241, 14, 64, 2e-3, 0.01
# So many of a hundred bare faces may be called covered: each loses its expression.
FALSE_SHARE = 0.01
THRESHOLD_GROUP = 0
CARD = """# Written by python -m inference.vision.training.covers; in words: docs/models/quality.md
name = "cover"
family = "cover"
file = "cover.safetensors"
sha256 = "{sha256}"
labels = ["bare", "covered"]
mean = 0.5
std = 0.25
input_size = [48, 48]
template = []
engine_precision = "bf16"
task = "is something before the features of a face"
paper = "none: four plain convolutions"
licence = "Apache-2.0 for the code; the weights learned from images for research use"
labels_are = "drawn: random shapes before photos"
data_terms = "LFW: public research benchmark; CK+: research use"
limits = "veils, sunglasses and beards that the photos lack may be called covered; no figures by group"
refuse = "grades, discipline, attendance, recognising what a person wears, any decision about one person"
document = "docs/models/quality.md"

[network]
widths = [8, 16, 32]
dropout = 0.3

[training]
profile = "default"
epochs = {epochs}
seed = {seed}
commit = "{commit}"
photos = {photos}

[test]
threshold = {threshold:.4f}
faces = {faces}
people = {people}
accuracy = {accuracy:.4f}
false_share = {false_share:.4f}
found_share = {found_share:.4f}
"""


def main() -> None:
    """Draw, train, choose the threshold on people who were not trained on, write weights and card."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the labelled sets")
    options = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    faces = faces_of(options.data, seed=SEED)
    groups = np.array([group_of(person) for person in faces.people])
    pictures = shown(faces, np.random.default_rng(SEED))
    taught, held = pictures.of(groups[pictures.rows] > 1), pictures.of(groups[pictures.rows] == THRESHOLD_GROUP)
    network = trained(taught)
    facts = judged(scores_of(network, held.images), held.is_covered)
    people = len(set(faces.people[groups == THRESHOLD_GROUP]))
    write(network, facts | {"people": people, "photos": len(faces.people)})
    sys.stdout.write(f"{facts}\n")


def trained(pictures: Shown) -> nn.Module:
    """Return the network after all epochs, in evaluation mode, its weights rounded as they will be kept."""
    network, generator = Cover(), torch.Generator().manual_seed(SEED)
    images, labels = torch.from_numpy(pictures.images)[:, None].float() / 255, torch.from_numpy(pictures.is_covered)
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=WEIGHT_DECAY)
    steps = len(images) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=EPOCHS * steps)
    for _ in range(EPOCHS):
        order = torch.randperm(len(images), generator=generator)
        for chosen in order[: steps * BATCH].view(steps, BATCH):
            logits = network(_input(augment(images[chosen], generator)))
            loss: Any = nn.functional.cross_entropy(logits, labels[chosen].long())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return network.half().float().eval()


def augment(pictures: Tensor, generator: Generator) -> Tensor:
    """Return (n, 1, 48, 48) as another detector, camera and light would have shown them."""
    crops = moved(pictures, SIDE_PX, generator, turn_deg=10, scale=(0.88, 1.12), shift_px=4)
    return noisy(relit(coarsened(crops, generator, from_px=14, to_px=40), generator), generator).clamp(0, 1)


@torch.inference_mode()
def scores_of(network: nn.Module, images: ImageArray) -> FloatArray:
    """Return the probability (n,) that each of ``images`` (n, 60, 60) is covered."""
    logits = network(_input(centre_crop(torch.from_numpy(images)[:, None].float() / 255, SIDE_PX)))
    return np.asarray(logits.softmax(dim=1)[:, 1].numpy(), np.float32)


def judged(scores: FloatArray, is_covered: npt.NDArray[np.bool_]) -> dict[str, float]:
    """Return the threshold that calls ``FALSE_SHARE`` of the bare faces covered, and how it does."""
    threshold = float(np.quantile(scores[~is_covered], 1 - FALSE_SHARE))
    called = scores > threshold
    return {
        "threshold": threshold,
        "faces": len(scores),
        "accuracy": float((called == is_covered).mean()),
        "false_share": float(called[~is_covered].mean()),
        "found_share": float(called[is_covered].mean()),
    }


def write(network: nn.Module, facts: dict[str, float]) -> None:
    """Write the weights as float16 and the card beside them."""
    path = card_path("cover").with_name("cover.safetensors")
    state = network.state_dict()
    save_file({name: value.half() if value.is_floating_point() else value for name, value in state.items()}, path)
    found = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    stamp = {"sha256": file_sha256(path), "epochs": EPOCHS, "seed": SEED, "commit": found.stdout.strip()}
    card_path("cover").write_text(CARD.format(**facts, **stamp), encoding="utf-8")


def _input(pictures: Tensor) -> Tensor:
    return (pictures - MEAN) / STD


if __name__ == "__main__":
    main()
