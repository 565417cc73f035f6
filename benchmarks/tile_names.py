"""How many names on tiles are read right: galleries of real clips with drawn names, half of them on the roster.

    python -m benchmarks.tile_names     composes 9 to 49 tiles in 720p and reads three frames of each, three minutes

Faces are found by the product's detector. A tile whose name is not on the roster must get no name.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.record import record
from inference.vision.gallery import compose, grid, many_tiles
from inference.vision.stages.detect import FaceDetector
from inference.vision.tile_names import Reading, candidates_of, frame_at, read_texts, readings_of
from inference.vision.types import FloatArray, ImageArray
from inference.vision.weights import asset_path

COMMAND = "python -m benchmarks.tile_names"
COUNTS, TIMES_S, SIZE = (9, 16, 25, 49), (1.0, 2.0, 3.0), (1280, 720)
FIRST = (
    "Amara",
    "Bruno",
    "Chen",
    "Dana",
    "Elif",
    "Farah",
    "Gustav",
    "Hana",
    "Ines",
    "Jonas",
    "Kofi",
    "Lin",
    "Mateo",
    "Nora",
)
LAST = (
    "Adeyemi",
    "Becker",
    "Castro",
    "Dubois",
    "Eriksen",
    "Fischer",
    "Garcia",
    "Hansen",
    "Ivanova",
    "Jansen",
    "Kaya",
    "Lopez",
)


def main() -> None:
    """Compose, read, count, print and record."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--dry", action="store_true", help="record nothing")
    options = parser.parse_args()
    figures: dict[str, tuple[float, str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for count in COUNTS:
            figures |= measure(Path(folder) / f"{count}.mp4", count)
    for key, (value, unit) in figures.items():
        print(f"{key:28} {value:>8} {unit}")
    if not options.dry:
        record(figures, command=COMMAND)


def measure(path: Path, count: int) -> dict[str, tuple[float, str]]:
    """Return the figures of a gallery of ``count`` tiles: every other person is on the roster, with a double."""
    names = [f"{FIRST[k % len(FIRST)]} {LAST[(5 * k + k // len(FIRST)) % len(LAST)]}" for k in range(count)]
    clips = asset_path("clips/single_face.mp4").parent
    tiles = [replace(tile, name=name, away_s=()) for tile, name in zip(many_tiles(clips, count), names, strict=True)]
    compose(path, tiles, duration_s=4, size=SIZE, fps=5)
    # Their own names, and the same first names with other last names: who is nobody here, but easily mistaken.
    roster = {k: names[k] for k in range(0, count, 2)}
    roster |= {1000 + k: f"{names[k].split()[0]} {LAST[(5 * k + 7) % len(LAST)]}" for k in range(0, count, 4)}
    readings, seconds, seen = read(path, count, roster)
    found = {item.number: item for item in candidates_of(readings)}
    enrolled = [tile for tile in seen if tile % 2 == 0]
    likely = {tile: item.person for tile, item in found.items() if item.band == "likely"}
    right = sum(likely.get(tile) == tile for tile in enrolled)
    shown = sum(tile in found and found[tile].person == tile for tile in enrolled)
    wrong = sum(person != tile for tile, person in likely.items())
    print(f"{count} tiles: {seconds:.1f} s a frame on this machine, as loaded as it is now")
    return {
        f"names.likely_{count}_tiles": (round(right / len(enrolled), 3), "share"),
        f"names.shown_{count}_tiles": (round(shown / len(enrolled), 3), "share"),
        f"names.wrong_{count}_tiles": (round(wrong / len(seen), 3), "share"),
    }


def read(path: Path, count: int, roster: dict[int, str]) -> tuple[dict[int, list[Reading]], float, set[int]]:
    """Return the readings of each tile, the seconds that a frame took, and the tiles whose face was found."""
    detect, readings, spent_s, seen = FaceDetector(asset_path("weights/centerface.onnx")), defaultdict(list), 0.0, set()
    for time_s in TIMES_S:
        image_bgr = frame_at(path, time_s)
        assert image_bgr is not None  # noqa: S101 - the recording was just made
        faces = faces_by_tile(detect, image_bgr, count)
        seen |= set(faces)
        start_s = time.perf_counter()
        for tile, reading in readings_of(read_texts(image_bgr), faces, roster).items():
            readings[tile].append(reading)
        spent_s += time.perf_counter() - start_s
    return readings, spent_s / len(TIMES_S), seen


def faces_by_tile(detect: FaceDetector, image_bgr: ImageArray, count: int) -> dict[int, FloatArray]:
    """Return the largest face in each tile that has one."""
    columns, rows = grid(count)
    found: dict[int, FloatArray] = {}
    for face in sorted(detect(image_bgr), key=lambda item: float(np.ptp(item.bbox_xyxy[::2]))):
        x, y = (face.bbox_xyxy[:2] + face.bbox_xyxy[2:]) / 2
        tile = int(y // (SIZE[1] // rows)) * columns + int(x // (SIZE[0] // columns))
        found |= {tile: face.bbox_xyxy} if tile < count else {}
    return found


if __name__ == "__main__":
    main()
