"""Readings of rendered galleries, each made once and kept: faces of known sizes, eyes sampled at known rates."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.blinking import acting, gallery, lids
from benchmarks.blinking.acting import Act, act_of
from benchmarks.blinking.gallery import actor_of, write_recording
from benchmarks.blinking.reading import Eyewitness
from benchmarks.poses.rendered import Portrait, portraits
from inference.vision.fatigue.signals import EyeTrace, TrackSignals
from inference.vision.stages import eye_motion, eyes, sampling
from inference.vision.stages.landmarks import eye_openness

CACHE = Path("runs/fatigue")
# Two sizes share a gallery; the same people in each.
SIZES_PX, RATES_FPS = ((48, 64), (32, 96), (40, 80), (24, 120)), (15.0, 12.0, 25.0)
PEOPLE, DURATION_S = 12, 62.0
# Portraits of LFW in an order drawn by this seed: the first 25 with open eyes served all choices, the next are tested.
SEED, LOOKED_AT, CHOSEN_ON, LEAST_EAR = 3, 80, 25, 0.22
COLUMNS = ("times_s", "eye_openness", "mouth_openness", "face_px", "quality", "tired")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of people whose faces are ``face_px``, at ``eyes_fps``, with what they did."""

    face_px: int
    eyes_fps: float
    people: tuple[TrackSignals, ...]
    acts: tuple[Act, ...]


def readings(data: Path) -> Iterator[Reading]:
    """Yield a reading of every size and rate; those that were kept by the same code are not made again."""
    witness, cast = Eyewitness(), list[Portrait]()
    for sizes in SIZES_PX:
        with tempfile.TemporaryDirectory() as folder:
            recording = Path(folder) / "gallery.mp4"
            for rate in RATES_FPS:
                path = CACHE / f"{sizes[0]}-{sizes[1]}-{rate:g}-{_version()}.npz"
                if not path.is_file():
                    cast = cast or test_people(data, witness)
                    if not recording.is_file():
                        make_recording(recording, sizes, cast, DURATION_S)
                    _keep(path, witness.read(recording, eyes_fps=rate))
                yield from _kept(path, sizes, rate)


def test_people(data: Path, witness: Eyewitness) -> list[Portrait]:
    """Return people on whom nothing was chosen, who look into the camera with open eyes."""
    seen = portraits(data, LOOKED_AT, see=witness.mesh, seed=SEED)
    awake = [person for person in seen if eye_openness(person.mesh.points) >= LEAST_EAR]
    return awake[CHOSEN_ON : CHOSEN_ON + PEOPLE]


def make_recording(path: Path, sizes: tuple[int, int], cast: Sequence[Portrait], duration_s: float) -> None:
    """Write the gallery in which everybody of ``cast`` is seen at both ``sizes``."""
    actors = [
        actor_of(person, seed=seed, face_px=size, duration_s=duration_s)
        for size in sizes
        for seed, person in enumerate(cast)
    ]
    write_recording(path, actors, duration_s)


def _keep(path: Path, people: Sequence[TrackSignals]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    columns: dict[str, Any] = {}
    for number, person in enumerate(people[: 2 * PEOPLE]):
        columns |= {f"{number}.{name}": getattr(person, name) for name in COLUMNS}
        columns |= {f"{number}.trace_s": person.trace.times_s, f"{number}.closed": person.trace.closed}
    np.savez_compressed(path, **columns)


def _kept(path: Path, sizes: tuple[int, int], rate: float) -> Iterator[Reading]:
    with np.load(path) as kept:
        for place, size in enumerate(sizes):
            numbers = range(place * PEOPLE, (place + 1) * PEOPLE)
            people = tuple(
                TrackSignals(
                    **{name: kept[f"{number}.{name}"] for name in COLUMNS},
                    trace=EyeTrace(kept[f"{number}.trace_s"], kept[f"{number}.closed"]),
                )
                for number in numbers
            )
            yield Reading(size, rate, people, tuple(act_of(seed, DURATION_S) for seed in range(PEOPLE)))


def _version() -> str:
    """Return what names the code that a reading comes from."""
    digest = hashlib.sha256()
    for module in (acting, gallery, lids, eye_motion, eyes, sampling):
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()[:12]
