"""Whether photos in place of cameras are known as such, and whether people who sit still are not taken for photos.

    python -m benchmarks.photos --data ../shared/data

Galleries of 25 and 49 tiles, 66 s of H.264: each real clip as one frozen picture, as a loop of 0.34 s, which is
somebody who hardly moves, and as a loop of 0.87 s. Once at the quality that the demo has, once much more compressed.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import cv2
import numpy as np

from benchmarks.record import record
from inference.vision import gallery
from inference.vision.gallery import Tile, compose, grid
from inference.vision.stages.faces import GalleryFaceDetector
from inference.vision.stages.track import Tracker
from inference.vision.video import FrameReader, Sampling
from inference.vision.weights import asset_path

COMMAND = "python -m benchmarks.photos --data ../shared/data"
# Loops of 6 and 14 pictures, there and back: samples 15 or 16 pictures apart do not meet the same one each time.
SPANS_S = {"photo": 0.05, "hardly moving": 0.34, "moving": 0.87}
QUALITIES = {"": "26", ".low_quality": "34"}
COUNTS, DURATION_S, SEED = (25, 49), 66.0, 0
WHOLE = (0.0, 0.0, 1.0, 1.0)
QUARTERS = ((0.0, 0.0, 0.5, 0.5), (0.5, 0.0, 1.0, 0.5), (0.0, 0.5, 0.5, 1.0), (0.5, 0.5, 1.0, 1.0))
SIGNERS = ("book", "help", "learn", "no", "school", "student", "thanks", "yes")


def main() -> None:
    """Measure, print and record."""
    options = _options()
    cv2.setNumThreads(1)
    detect = GalleryFaceDetector()
    figures: dict[str, tuple[float, str]] = {}
    for name, quality in QUALITIES.items():
        seen: Counter[str] = Counter()
        taken: Counter[str] = Counter()
        with patch.dict(gallery.ENCODER_OPTIONS, crf=quality):
            for count in COUNTS:
                _add(seen, taken, chosen(options.data.parent / "media", count), detect)
        for kind in SPANS_S:
            key = "photos_found" if kind == "photo" else f"taken_for_photos.{kind.replace(' ', '_')}"
            figures[f"track.{key}{name}"] = (round(taken[kind] / seen[kind], 3), "share")
            print(f"crf {quality} {kind}: {taken[kind]} of {seen[kind]} tracks taken for photos", flush=True)
    record(figures, command=COMMAND)


def chosen(media: Path, count: int) -> list[Tile]:
    """Return ``count`` tiles of all kinds in a drawn order; the kind is the tile's name."""
    woman, man = asset_path("clips/WolfgangLanger_Pexels.mp4"), asset_path("clips/single_face.mp4")
    call, signers = media / "zoom_gallery_2x2.mp4", [media / "signer" / f"{name}.mkv" for name in SIGNERS]
    sources = [
        *((woman, WHOLE, float(start_s)) for start_s in range(0, 19, 3)),
        *((man, WHOLE, float(start_s)) for start_s in (0, 1)),
        *((call, quarter, 0.4) for quarter in QUARTERS),
        *((signer, WHOLE, 0.2) for signer in signers),
    ]
    tiles = [
        Tile(path, kind, (start_s, start_s + span_s), 0.37 * number * (kind != "photo"), window)
        for number, (path, window, start_s) in enumerate(sources)
        for kind, span_s in SPANS_S.items()
    ]
    return [tiles[int(row)] for row in np.random.default_rng([SEED, count]).permutation(len(tiles))[:count]]


def _add(seen: Counter[str], taken: Counter[str], tiles: Sequence[Tile], detect: GalleryFaceDetector) -> None:
    """Count the tracks of each kind, and those that were ever taken for photos."""
    tracker, kinds, still = Tracker(), dict[int, str](), set[int]()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gallery.mp4"
        compose(path, tiles, duration_s=DURATION_S)
        for frame in FrameReader(path, Sampling(1.0, 3600.0)):
            for face in tracker.update(frame.image_bgr, frame.timestamp_s, detect(frame.image_bgr)):
                kinds[face.track_number] = _kind(face.detection.bbox_xyxy, tiles, frame.image_bgr.shape)
            still |= set(tracker.still_since_s)
    seen.update(kinds.values())
    taken.update(kinds[number] for number in still)


def _kind(box: np.ndarray[tuple[int], np.dtype[np.float32]], tiles: Sequence[Tile], shape: Sequence[int]) -> str:
    columns, rows = grid(len(tiles))
    column = int((box[0] + box[2]) / 2 // (shape[1] // columns))
    row = int((box[1] + box[3]) / 2 // (shape[0] // rows))
    return tiles[min(row * columns + column, len(tiles) - 1)].name


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled data; media/ stands beside it")
    return parser.parse_args()


if __name__ == "__main__":
    main()
