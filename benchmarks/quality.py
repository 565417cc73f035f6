"""Measures what the expression network still reads on faces made worse, and which of them the gate rejects.

    python -m benchmarks.quality --data ../shared/data [--sheet docs/models/quality.png]

On people of LFW that taught no network here: smaller, out of focus, moving, with things before them, turned. How often
the likeliest pattern stays that of the clear face; beyond chance, since some patterns are common. On FER+ the labels of
people say how well smiles are still told. About ten minutes of one core.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.poses.figures import Figures
from benchmarks.poses.real import enlarged, first_photos
from benchmarks.poses.rendered import portraits
from benchmarks.qualities.curves import balanced_accuracy, by_sharpness, chance, comparison
from benchmarks.qualities.degraded import Seen, moving, out_of_focus, shaken, shrunk
from benchmarks.qualities.occluders import OCCLUDERS
from benchmarks.qualities.reading import Reader, Reading
from benchmarks.qualities.sheet import write_sheet
from benchmarks.qualities.turned import POSES_DEG, STRAIGHT, turned
from benchmarks.record import record
from inference.vision.training.cover_faces import group_of

COMMAND = "python -m benchmarks.quality --data ../shared/data"
PEOPLE, TURNED, SMILES, SHEET_PEOPLE = 240, 40, 400, 4
SIDES_PX = (8, 12, 16, 20, 24, 32, 48, 64)
FOCUS = (0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08)
MOTION = (0.05, 0.10, 0.15, 0.20, 0.30)
SHARPNESS = (0, 2, 3, 4, 5, 7, 10, 14)
# No network here saw these people: covers.py trains on the others.
BENCHMARK_GROUP = 1


def main() -> None:
    """Measure, print and record; or only write the sheet."""
    options = _options()
    reader, random = Reader(), np.random.default_rng(0)
    if options.sheet:
        write_sheet(options.sheet, portraits(options.data, SHEET_PEOPLE, see=reader.mesh), reader)
        return
    faces = bare_faces(options.data, reader, PEOPLE)
    clear = reader(faces)
    figures = {"chance": (round(chance(clear), 3), "share"), "faces": (len(faces), "")}
    figures |= of_degrees(reader, faces, clear, random)
    figures |= of_covers(reader, faces, clear, random)
    figures |= of_turns(reader, options.data)
    figures |= of_smiles(reader, options.data)
    figures = {f"quality.{key}": figure for key, figure in figures.items()}
    for key, (value, unit) in figures.items():
        print(f"{key:48} {value:>8} {unit}")
    record(figures, command=COMMAND)


def bare_faces(data: Path, reader: Reader, count: int) -> list[Seen]:
    """Return the first photos of ``count`` people whose faces the gate lets pass as they are."""
    photos = (photo for person, photo in first_photos(data, seed=5) if group_of(person) == BENCHMARK_GROUP)
    found = (seen for photo in photos if (seen := reader.seen(photo)) is not None)
    return list(islice((seen for seen in found if reader([seen]).rejections[0] == ""), count))


def of_degrees(reader: Reader, faces: Sequence[Seen], clear: Reading, random: np.random.Generator) -> Figures:
    """Return the figures of another box, of smaller faces, and of both kinds of blur."""
    shifted = reader([shaken(seen, 0.03, random) for seen in faces])
    figures = _prefixed("box_3_percent", comparison(clear, shifted))
    for side in SIDES_PX:
        figures |= _prefixed(f"side_{side}px", comparison(clear, reader([shrunk(seen, side) for seen in faces])))
    for name, blur, shares in (("focus", out_of_focus, FOCUS), ("motion", moving, MOTION)):
        worse = {share: reader([blur(seen, share) for seen in faces]) for share in shares}
        for share, reading in worse.items():
            figures |= _prefixed(f"{name}_{share:.2f}", comparison(clear, reading))
        figures |= _prefixed(name, by_sharpness(clear, _joined(list(worse.values())), SHARPNESS))
    return figures


def of_covers(reader: Reader, faces: Sequence[Seen], clear: Reading, random: np.random.Generator) -> Figures:
    """Return the figures of each thing before the face, large and at 24 px."""
    figures: Figures = {}
    points = [mesh.points for mesh in reader.meshes(faces)]
    for name, cover in OCCLUDERS.items():
        drawn = [cover(seen, each, random) for seen, each in zip(faces, points, strict=True)]
        figures |= _prefixed(f"cover_{name}", comparison(clear, reader(drawn)))
        figures |= _prefixed(f"cover_{name}_24px", comparison(clear, reader([shrunk(seen, 24) for seen in drawn])))
    return figures


def of_turns(reader: Reader, data: Path) -> Figures:
    """Return the figures of rendered heads by yaw and pitch, against the same head that looks into the camera."""
    pictures = turned(portraits(data, TURNED, see=reader.mesh, seed=3))
    seen = {pose: [reader.seen(image) for image in images] for pose, images in pictures.items()}
    figures: Figures = {}
    for pose in POSES_DEG[1:]:
        pairs = [(a, b) for a, b in zip(seen[STRAIGHT], seen[pose], strict=True) if a is not None and b is not None]
        straight, away = reader([a for a, _ in pairs]), reader([b for _, b in pairs])
        name = f"yaw_{pose[0]:+d}" if pose[0] else f"pitch_{pose[1]:+d}"
        figures |= _prefixed(name, comparison(straight, away))
        distracted = (away.pattern == reader.labels.index("distracted")).mean()
        figures[f"{name}.called_distracted"] = (round(float(distracted), 3), "share")
        figures[f"{name}.found"] = (round(len(pairs) / sum(each is not None for each in seen[STRAIGHT]), 3), "share")
    return figures


def of_smiles(reader: Reader, data: Path) -> Figures:
    """Return how well smiles are told on FER+'s public test, by the size of the face: people's votes are the truth."""
    fer = np.load(data / "fer2013plus.npz")
    votes, rows = fer["votes"], np.flatnonzero(fer["split"] == 1)
    happy = list(fer["vote_names"]).index("happiness")
    sure = [row for row in rows if votes[row].max() > 0.6 * votes[row].sum()]
    chosen = np.random.default_rng(0).permutation(sure)[:SMILES]
    pairs = [
        (seen, votes[row].argmax() == happy) for row in chosen if (seen := reader.seen(enlarged(fer["images"][row])))
    ]
    is_happy = np.array([each for _, each in pairs])
    figures: Figures = {"smiles.faces": (len(pairs), "")}
    for side in (12, 16, 24, 32, 48):
        found = reader([shrunk(seen, side) for seen, _ in pairs]).pattern == reader.labels.index("happy")
        figures[f"smiles.side_{side}px.balanced_accuracy"] = (round(balanced_accuracy(found, is_happy), 3), "share")
    return figures


def _joined(readings: Sequence[Reading]) -> Reading:
    names = ("probabilities", "rejections", "sharpness", "presence")
    return Reading(*(np.concatenate([getattr(reading, name) for reading in readings]) for name in names))


def _prefixed(prefix: str, figures: Figures) -> Figures:
    return {f"{prefix}.{key}": figure for key, figure in figures.items()}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the labelled sets")
    parser.add_argument("--sheet", type=Path, help="write a picture of faces and answers there, and measure nothing")
    return parser.parse_args()


if __name__ == "__main__":
    main()
