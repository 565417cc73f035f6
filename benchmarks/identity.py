"""How many students are found among strangers, by their faces alone: LFW's people of View 2, whom no training saw.

    python -m benchmarks.identity               reads 11,700 photos twice (about 8 minutes on one core), then draws
    python -m benchmarks.identity --publish     also writes the thresholds beside the embedding's card

Half of the people choose the thresholds, the other half is measured. Each draw makes a gallery of 30 with three
references each; probes are tracks of 1, 5 or 20 other photos, of people in the gallery and of all who are not.
"""

from __future__ import annotations

import argparse
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.people import share
from benchmarks.record import record
from inference.vision.stages.detect import FaceDetector
from inference.vision.stages.embed import FAMILY, load_embedder
from inference.vision.stages.identify import Bands, FaceSum, bands_path, gallery_of
from inference.vision.stages.landmarks import FaceMesher
from inference.vision.stages.quality import LEAST_PRESENCE
from inference.vision.training.lfw_pairs import ARCHIVE, VIEW_2, person_of, read_pairs
from inference.vision.training.verification import threshold_at_far
from inference.vision.types import Detection, FloatArray, ImageArray
from inference.vision.weights import asset_path, card_path, load_card

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
COMMAND = "python -m benchmarks.identity"
GALLERY, REFERENCES, FACES = 30, 3, (1, 5, 20)
DRAWS = {1: 40, 5: 150, 20: 600}
FAR_LIKELY, FAR_UNSURE = 0.001, 0.02
# LFW's faces are about 75 px high; a tile of a full gallery shows about half of that.
SMALL = 0.48
SEED = 20240
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Faces:
    """Unit embeddings (n, d) of photos: the plain ones, the same photos made small, and who is on them (n,)."""

    plain: FloatArray
    small: FloatArray
    people: npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Scores:
    """Best cosine of probes: of strangers (n,), of the enrolled (m,), whether it is their own, and who they are."""

    strangers: FloatArray
    known: FloatArray
    is_right: npt.NDArray[np.bool_]
    people: npt.NDArray[np.str_]


def main() -> None:
    """Read, choose, measure, print and record."""
    options = _options()
    faces = _kept(options.keep) if options.keep else read_faces()
    chosen, measured = halves(faces.people)
    bands = choose(faces, chosen)
    if options.publish:
        _publish(bands)
    figures, more = measure(faces, measured, bands)
    for key, (value, unit) in figures.items():
        print(f"{key:32} {value:>8} {unit} {more.get(key, {})}")
    if not options.dry:
        record(figures, command=COMMAND, more=more)


def read_faces() -> Faces:
    """Return the embeddings of all photos of View 2's people in which the product finds a face, at both sizes."""
    wanted = read_pairs(DATA, VIEW_2).people
    with zipfile.ZipFile(DATA / ARCHIVE) as archive:
        names = [name for name in sorted(archive.namelist()) if name.endswith(".jpg") and person_of(name) in wanted]
        photos = [archive.read(name) for name in names]
    plain, small = embedded(photos, 1.0), embedded(photos, SMALL)
    found = np.isfinite(plain).all(axis=1) & np.isfinite(small).all(axis=1)
    return Faces(plain[found], small[found], np.array([person_of(name) for name in names])[found])


def embedded(photos: list[bytes], scale: float, *, batch: int = 32) -> FloatArray:
    """Return the embedding (n, d) of the face nearest to each photo's middle, made smaller by ``scale``; NaN: none."""
    detect = FaceDetector(asset_path("weights/centerface.onnx"))
    mesher, embed = FaceMesher(asset_path("weights/face_landmark.tflite")), load_embedder("cpu")
    vectors = np.full((len(photos), int(embed.card.network["dimensions"])), np.nan, np.float32)
    for start in range(0, len(photos), batch):
        images = [_image(photo, scale) for photo in photos[start : start + batch]]
        best = {row: min(found, key=_off_centre(image)) for row, image in enumerate(images) if (found := detect(image))}
        meshes = mesher([(images[row], face.bbox_xyxy, face.landmarks) for row, face in best.items()])
        seen = [(row, mesh) for row, mesh in zip(best, meshes, strict=True) if mesh.presence >= LEAST_PRESENCE]
        rows = [start + row for row, _mesh in seen]
        vectors[rows] = embed([(images[row], mesh.five_points) for row, mesh in seen])
    return vectors


def halves(people: npt.NDArray[np.str_]) -> tuple[Rows, Rows]:
    """Return the rows of two halves of the people, drawn at random."""
    names, number = np.unique(people, return_inverse=True)
    is_first = np.random.default_rng(SEED).permutation(len(names)) < len(names) // 2
    return np.flatnonzero(is_first[number]), np.flatnonzero(~is_first[number])


def choose(faces: Faces, rows: Rows) -> Bands:
    """Return the thresholds that strangers reach at the two rates; a longer track never has the lower one."""
    least: dict[float, list[float]] = {FAR_LIKELY: [], FAR_UNSURE: []}
    for n_faces in FACES:
        by_references = [drawn(faces, rows, n_faces, references=count).strangers for count in (1, REFERENCES)]
        for far, column in least.items():
            column.append(max([*column[-1:], *(threshold_at_far(strangers, far) for strangers in by_references)]))
    rounded = [tuple(round(value, 4) for value in column) for column in least.values()]
    return Bands(load_card(card_path(FAMILY)).sha256, FACES, rounded[0], rounded[1])


Figures = tuple[dict[str, tuple[float, str]], dict[str, dict[str, object]]]


def measure(faces: Faces, rows: Rows, bands: Bands) -> Figures:
    """Return what the thresholds give on the rows' people: figures by key, and what is kept beside them."""
    figures: dict[str, tuple[float, str]] = {}
    more: dict[str, dict[str, object]] = {}
    cases = [(f"{n}_face{'s' * (n > 1)}", n, REFERENCES, False) for n in FACES]
    cases += [("20_faces_one_reference", 20, 1, False), ("20_small_faces", 20, REFERENCES, True)]
    for name, n_faces, references, is_small in cases:
        scores = drawn(faces, rows, n_faces, references=references, is_small=is_small)
        row = FACES.index(n_faces)
        for word, least in (("dir", bands.likely[row]), ("dir_unsure", bands.unsure[row])):
            found = share(scores.is_right & (scores.known >= least), scores.people)
            figures[f"identity.{word}_{name}"] = round(found.value, 3), "share"
            more[f"identity.{word}_{name}"] = found.more
        figures[f"identity.far_{name}"] = round(float((scores.strangers >= bands.likely[row]).mean()), 5), "share"
        more[f"identity.far_{name}"] = {"tracks": len(scores.strangers)}
        figures[f"identity.wrong_{name}"] = _wrong(scores, bands.likely[row]), "share"
        figures[f"identity.rank1_{name}"] = round(float(scores.is_right.mean()), 3), "share"
    return figures, more


def _wrong(scores: Scores, least: float) -> float:
    """Return the share of the enrolled who are called "likely" somebody else."""
    return round(float((~scores.is_right & (scores.known >= least)).mean()), 5)


def drawn(faces: Faces, rows: Rows, n_faces: int, *, references: int, is_small: bool = False) -> Scores:
    """Return the best scores of all probes of many random galleries of the rows' people."""
    random = np.random.default_rng([SEED, n_faces, references, len(rows)])
    photos = {name: rows[faces.people[rows] == name] for name in np.unique(faces.people[rows])}
    parts = [list(_draw(faces, photos, random, n_faces, references, is_small)) for _ in range(DRAWS[n_faces])]
    probes = [probe for part in parts for probe in part]
    best, right, people = (np.array(column) for column in zip(*probes, strict=True))
    is_known = right >= 0
    return Scores(best[~is_known], best[is_known], right[is_known] > 0, people[is_known])


def _draw(
    faces: Faces,
    photos: dict[str, Rows],
    random: np.random.Generator,
    n_faces: int,
    references: int,
    is_small: bool,  # noqa: FBT001 - private
) -> Iterator[tuple[float, int, str]]:
    """Yield best score, 1 right, 0 wrong or -1 stranger, and the person, of each probe of one gallery."""
    probed = faces.small if is_small else faces.plain
    orders = {name: random.permutation(rows) for name, rows in photos.items()}
    enrolled = _enrolled(orders, random, n_faces, references)
    gallery = gallery_of({k: list(faces.plain[orders[name][:references]]) for k, name in enumerate(enrolled)})
    for name, order in orders.items():
        left = order[references:] if name in enrolled else order
        if len(left) < n_faces:
            continue
        scores = gallery.vectors @ FaceSum(probed[left[:n_faces]].sum(axis=0), n_faces).mean
        best = int(scores.argmax())
        yield float(scores[best]), int(enrolled[best] == name) if name in enrolled else -1, name


def _enrolled(orders: dict[str, Rows], random: np.random.Generator, n_faces: int, references: int) -> list[str]:
    """Return the names of a gallery: at most half of those who can also be probed, so that strangers are left."""
    can_be_probed = [name for name, order in orders.items() if len(order) >= references + n_faces]
    can_be_enrolled = [name for name, order in orders.items() if len(order) >= references]
    probed = random.choice(can_be_probed, min(GALLERY, len(can_be_probed) // 2), replace=False).tolist()
    others = sorted(set(can_be_enrolled) - set(can_be_probed))
    return [*probed, *random.choice(others, GALLERY - len(probed), replace=False).tolist()]


def _publish(bands: Bands) -> None:
    facts = {
        "weights_sha256": bands.weights_sha256,
        "least_faces": bands.least_faces,
        "likely": bands.likely,
        "unsure": bands.unsure,
        "far_likely": FAR_LIKELY,
        "far_unsure": FAR_UNSURE,
        "found_by": COMMAND,
    }
    bands_path(FAMILY).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


def _kept(path: Path) -> Faces:
    """Return the embeddings that an earlier call left at ``path``, which are made where it left none."""
    if not path.is_file():
        faces = read_faces()
        np.savez(path, plain=faces.plain, small=faces.small, people=faces.people)
    kept = np.load(path)
    return Faces(kept["plain"], kept["small"], kept["people"])


def _image(photo: bytes, scale: float) -> ImageArray:
    image = np.asarray(cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_COLOR), np.uint8)
    return (
        image if scale == 1 else np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    )


def _off_centre(image: ImageArray) -> Callable[[Detection], float]:
    """Return how far a face lies from the picture's middle, where LFW's person is."""
    middle = np.array([image.shape[1], image.shape[0]]) / 2
    return lambda face: float(np.linalg.norm((face.bbox_xyxy[:2] + face.bbox_xyxy[2:]) / 2 - middle))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--publish", action="store_true", help="write the thresholds beside the embedding's card")
    parser.add_argument("--keep", type=Path, help="a .npz file for the embeddings, read again where it is there")
    parser.add_argument("--dry", action="store_true", help="record nothing")
    return parser.parse_args()


if __name__ == "__main__":
    main()
