"""What is lost in poor light, stage by stage, and what restoring a dim face's contrast brings back.

    python -m benchmarks.light --data ../shared/data

Faces of FER2013's public test, whom people labelled, are darkened as a camera would: less light, the sensor's noise,
a veil where there is light behind. The product's own stages then find, read and name them. Only faces that these read
in ordinary light are asked: the set's close crops leave out what a detector looks for.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from unittest.mock import patch

import numpy as np
import numpy.typing as npt

from benchmarks.record import record
from benchmarks.voted_faces import VotedFaces, voted_faces
from inference.vision.pipeline import Pipeline
from inference.vision.types import Frame, ImageArray, Observation, TrackedFace

COMMAND = "python -m benchmarks.light --data ../shared/data"
EACH, SEED, BATCH = 100, 1, 32
GAMMA = 2.2  # from light to gray level
READ_NOISE, SHOT_NOISE = 0.0013, 0.0074
# Share of the light that is left, and the share of the picture's white that a veil adds.
LIGHTS = {"ordinary": (1.0, 0.0), "dim": (0.1, 0.0), "dark": (0.03, 0.0), "night": (0.01, 0.0), "backlit": (0.03, 0.2)}


@dataclass(frozen=True, slots=True)
class Seen:
    """Shares of all faces that are found, whose mesh lies on a face, that the gate lets through; and macro-F1 of all.

    A face that is not read counts as wrongly named.
    """

    found: float
    meshed: float
    read: float
    macro_f1: float
    macro_f1_of_read: float

    def __str__(self) -> str:
        return ", ".join(f"{name} {getattr(self, name):.3f}" for name in Seen.__slots__)


def main() -> None:
    """Darken, read, print and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled sets")
    faces, pipeline = voted_faces(parser.parse_args().data, each=EACH), Pipeline(device="cpu")
    figures: dict[str, tuple[float, str]] = {}
    for key, seen in measured(faces, pipeline):
        print(f"{key:22} {seen}", flush=True)
        figures |= {f"light.{key}.{name}": (round(float(getattr(seen, name)), 4), "share") for name in Seen.__slots__}
    record(figures, command=COMMAND)


def measured(faces: VotedFaces, pipeline: Pipeline) -> Iterator[tuple[str, Seen]]:
    """Yield what is seen in each light, with the faces restored and as they are."""
    readable = [item is not None and item.probabilities is not None for item in observed(faces.images, pipeline)]
    faces = VotedFaces(list(compress(faces.images, readable)), list(compress(faces.labels, readable)))
    for light, (share, veil) in LIGHTS.items():
        random = np.random.default_rng(SEED)
        images = [in_light(image, random, share=share, veil=veil) for image in faces.images]
        yield f"{light}.restored", seen_of(observed(images, pipeline), faces.labels, pipeline)
        with patch("inference.vision.stages.estimate.restored", lambda face: face):
            yield f"{light}.as_it_is", seen_of(observed(images, pipeline), faces.labels, pipeline)


def in_light(image: ImageArray, random: np.random.Generator, *, share: float, veil: float) -> ImageArray:
    """Return ``image`` (h, w, 3) as a camera sees it in a ``share`` of the light, with a ``veil`` of stray light."""
    if share >= 1:
        return image
    light = (image[..., :1] / 255.0) ** GAMMA * share
    noise = random.normal(size=light.shape) * np.sqrt(READ_NOISE**2 + SHOT_NOISE**2 * light)
    levels = np.clip(light + noise, 0, 1) ** (1 / GAMMA) * (1 - veil) + veil
    return np.repeat(np.rint(255 * levels).astype(np.uint8), 3, axis=2)


def observed(images: list[ImageArray], pipeline: Pipeline) -> list[Observation | None]:
    """Return what the stages see of the surest face of each picture; None where they find none."""
    found: list[Observation | None] = [None] * len(images)
    faces = [(row, pipeline.detect(image)) for row, image in enumerate(images)]
    seen = [(row, TrackedFace(0, detections[0])) for row, detections in faces if detections]
    for start in range(0, len(seen), BATCH):
        batch = seen[start : start + BATCH]
        observations = pipeline.measure([(Frame(0, 0.0, images[row]), [face]) for row, face in batch])
        for (row, _face), observation in zip(batch, observations, strict=True):
            found[row] = observation
    return found


def seen_of(observations: list[Observation | None], truth: list[str], pipeline: Pipeline) -> Seen:
    """Return the shares and the macro-F1 of ``truth``."""
    labels = pipeline.card.labels if pipeline.card else ()
    named = np.array([_name(item, labels) for item in observations])
    read, wanted = named != "", np.array(truth)
    return Seen(
        found=float(np.mean([item is not None for item in observations])),
        meshed=float(np.mean([item is not None and np.isfinite(item.yaw_deg) for item in observations])),
        read=float(read.mean()),
        macro_f1=macro_f1(named, wanted),
        macro_f1_of_read=macro_f1(named[read], wanted[read]),
    )


def macro_f1(named: npt.NDArray[np.str_], truth: npt.NDArray[np.str_]) -> float:
    """Return the mean F1 of the classes in ``truth``; NaN without one."""
    classes = np.unique(truth)
    hits = [
        2 * ((named == one) & (truth == one)).sum() / ((named == one).sum() + (truth == one).sum()) for one in classes
    ]
    return float(np.mean(hits)) if hits else float("nan")


def _name(item: Observation | None, labels: tuple[str, ...]) -> str:
    return "" if item is None or item.probabilities is None else labels[int(item.probabilities.argmax())]


if __name__ == "__main__":
    main()
