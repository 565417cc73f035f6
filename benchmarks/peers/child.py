"""The loop of every compared program: it reads a recording and still frames, and prints seconds and boxes as JSON.

It runs in the environment of the program, so it needs nothing but OpenCV and NumPy.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
Rect = tuple[int, int, int, int]
Box = tuple[float, ...]
Reader = Callable[[Image, list[Rect]], list[Box]]
"""Reads one frame (h, w, 3) in BGR with tiles at (left, top, width, height); returns boxes (x1, y1, x2, y2)."""


def main(read: Reader) -> None:
    """Time ``read`` on the recording of the folder that the command names, then let it find faces in so many stills."""
    folder, stills = Path(sys.argv[1]), int(sys.argv[2])
    facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    recording, tiles = folder / "recording.mp4", _rects(facts["recording_tiles"])
    read(next(sampled(recording, facts["sample_fps"])), tiles)
    spent = timed(lambda: sum(len(read(frame, tiles)) for frame in sampled(recording, facts["sample_fps"])))
    found = [read(still(folder, number), _rects(facts["stills_tiles"][number])) for number in range(stills)]
    print(json.dumps(spent | {"stills": found}, default=float))


def timed(work: Callable[[], int]) -> dict[str, Any]:
    """Return the seconds on the clock and of the processor that ``work`` took, and the number that it returned."""
    wall, processor = time.perf_counter(), time.process_time()
    faces = work()
    return {
        "wall_s": time.perf_counter() - wall,
        "processor_s": time.process_time() - processor,
        "faces": faces,
    }


def sampled(path: Path, sample_fps: float) -> Iterator[Image]:
    """Yield every n-th frame of a recording, read from its beginning to its end as OpenCV's tutorials do."""
    capture = cv2.VideoCapture(str(path))
    stride = max(round(capture.get(cv2.CAP_PROP_FPS) / sample_fps), 1)
    number = 0
    while capture.grab():
        if number % stride == 0:
            yield np.asarray(capture.retrieve()[1], np.uint8)
        number += 1
    capture.release()


def still(folder: Path, number: int) -> Image:
    """Return one of the still frames."""
    return np.asarray(cv2.imread(str(folder / f"{number}.png")), np.uint8)


def _rects(rows: list[list[int]]) -> list[Rect]:
    return [(left, top, width, height) for left, top, width, height in rows]
