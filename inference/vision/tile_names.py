"""Names that a video call draws on its tiles, read by Tesseract and matched with a roster. No face is looked at.

A name stands at the lower left of its tile, so that it belongs to the nearest face above it and to its right.
"""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import cv2
import numpy as np
from scipy.optimize import linear_sum_assignment

from inference.vision.stages.identify import Band, Suggestion
from inference.vision.types import FloatArray, ImageArray
from inference.vision.video import FrameReader, Sampling

PROGRAM = "tesseract"
# Small type is read at about three times its size in a 720p frame; at twice, none of 25 tiles is.
READ_WIDTH_PX = 3840
TIMEOUT_S = 60
MOST_TEXT_BYTES = 1024**2
# Of 0..1: below it a text is another name, or no name at all.
LEAST_LIKENESS, SURE_LIKENESS = 0.72, 0.9
# How much nearer the best name has to be than the second, and how many readings have to agree.
LEAST_LEAD, LEAST_READINGS = 0.1, 2
# A name lies at most so many face sides from its face.
REACH = 4.5
FAR = 1e6


class NamesUnreadable(RuntimeError):
    """Tesseract is missing, failed or took too long."""


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text with its box (4,) in pixels of the frame."""

    words: str
    box: FloatArray


@dataclass(frozen=True, slots=True)
class Reading:
    """Whom one frame says a face is: the roster's nearest name, its likeness 0..1, and its lead over the second."""

    person: int
    likeness: float
    lead: float


def is_installed() -> bool:
    """Say whether names can be read on this machine."""
    return shutil.which(PROGRAM) is not None


def frame_at(path: Path, time_s: float) -> ImageArray | None:
    """Return the frame at a time; None where the recording has none."""
    for frame in FrameReader(path, Sampling(1.0, part_s=3600.0), max(time_s - 0.5, 0.0)):
        if frame.timestamp_s >= time_s - 0.5:
            return frame.image_bgr
    return None


def read_texts(image_bgr: ImageArray) -> list[Text]:
    """Return all lines of text of a frame.

    Raises:
        NamesUnreadable: Tesseract is missing, failed or took more than a minute.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        raise NamesUnreadable("Tesseract is not installed: apt-get install tesseract-ocr, or unset LECTERN_READ_NAMES.")
    scale = READ_WIDTH_PX / image_bgr.shape[1]
    gray = cv2.resize(
        cv2.cvtColor(image_bgr, cv2.COLOR_BGR2GRAY), None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC
    )
    picture = cv2.imencode(".pgm", gray)[1].tobytes()
    command = [program, "stdin", "stdout", "--psm", "11", "--dpi", "70", "tsv"]
    try:
        done = subprocess.run(
            command, input=picture, capture_output=True, timeout=TIMEOUT_S, check=True, env={"OMP_THREAD_LIMIT": "1"}
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise NamesUnreadable(f"Tesseract could not read a frame: {error}") from error
    return parse_texts(done.stdout[:MOST_TEXT_BYTES].decode("utf-8", "replace"), scale=scale)


def parse_texts(table: str, *, scale: float) -> list[Text]:
    """Return the lines of Tesseract's table (TSV); its pixels are ``scale`` times the frame's."""
    lines: dict[tuple[str, ...], list[list[str]]] = defaultdict(list)
    for row in (line.split("\t") for line in table.splitlines()[1:]):
        if len(row) == 12 and row[0] == "5" and row[11].strip():
            lines[tuple(row[1:5])].append(row)
    return [_text(rows, scale) for rows in lines.values()]


def readings_of(
    texts: Sequence[Text], faces: Mapping[int, FloatArray], roster: Mapping[int, str]
) -> dict[int, Reading]:
    """Return whom a frame says each face is: ``faces`` are boxes (4,) by track, ``roster`` names by person."""
    named = [(text, reading) for text in texts if (reading := nearest_name(text.words, roster))]
    if not named or not faces:
        return {}
    numbers, boxes = list(faces), np.stack(list(faces.values()))
    distances = np.stack([_distances(text.box, boxes) for text, _reading in named])
    pairs = zip(*linear_sum_assignment(distances), strict=True)
    return {numbers[face]: named[text][1] for text, face in pairs if distances[text, face] < FAR}


def nearest_name(words: str, roster: Mapping[int, str]) -> Reading | None:
    """Return the roster's name that a text is most like; None where it is like none."""
    likeness = sorted(((name_likeness(words, name), person) for person, name in roster.items()), reverse=True)
    if not likeness or likeness[0][0] < LEAST_LIKENESS:
        return None
    second = likeness[1][0] if len(likeness) > 1 else 0.0
    return Reading(likeness[0][1], likeness[0][0], likeness[0][0] - second)


def name_likeness(words: str, name: str) -> float:
    """Return how like a text is to a name, 0..1, whatever the case and the accents."""
    left, right = _plain(words), _plain(name)
    if not left or not right:
        return 0.0
    return SequenceMatcher(None, left, right, autojunk=False).ratio()


def candidates_of(readings: Mapping[int, Sequence[Reading]]) -> list[Suggestion]:
    """Return whom the readings of all frames suggest for each track: likely where several agree and none objects."""
    return [_candidate(number, found) for number, found in readings.items() if found]


def _candidate(number: int, readings: Sequence[Reading]) -> Suggestion:
    votes: dict[int, list[Reading]] = defaultdict(list)
    for reading in readings:
        votes[reading.person].append(reading)
    person = max(votes, key=lambda key: (len(votes[key]), max(item.likeness for item in votes[key])))
    own = votes[person]
    score = float(np.mean([item.likeness for item in own]))
    is_sure = score >= SURE_LIKENESS and min(item.lead for item in own) >= LEAST_LEAD
    band: Band = "likely" if is_sure and len(own) >= LEAST_READINGS and len(votes) == 1 else "unsure"
    return Suggestion(number, person, band, score)


def _distances(text: FloatArray, boxes: FloatArray) -> FloatArray:
    """Return how far a text (4,) is from each face (n, 4), in face sides; very far where it cannot be its name."""
    sides = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    right = (boxes[:, 0] + boxes[:, 2]) / 2 - text[0]
    below = (text[1] + text[3]) / 2 - (boxes[:, 1] + boxes[:, 3]) / 2
    distances = np.hypot(right, below) / sides
    can_be = (right > -0.25 * sides) & (below > 0) & (distances < REACH)
    return np.where(can_be, distances, FAR).astype(np.float32)


def _text(rows: list[list[str]], scale: float) -> Text:
    left, top, width, height = (np.array([float(row[column]) for row in rows]) for column in (6, 7, 8, 9))
    box = np.array([left.min(), top.min(), (left + width).max(), (top + height).max()]) / scale
    return Text(" ".join(row[11].strip() for row in rows), box.astype(np.float32))


def _plain(words: str) -> str:
    letters = unicodedata.normalize("NFKD", words.casefold())
    return "".join(letter for letter in letters if letter.isalnum())
