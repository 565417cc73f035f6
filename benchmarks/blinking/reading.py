"""What the product's own stages see of each person of a gallery: the full samples, and the eyes between them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np

from benchmarks.blinking.gallery import GRID, tile_of
from inference.vision.concentration import Values
from inference.vision.fatigue.signals import EyeTrace, TrackSignals
from inference.vision.runtime import choose_device
from inference.vision.stages.detect import FaceDetector
from inference.vision.stages.eyes import EyePlace, EyeReader, eye_place
from inference.vision.stages.landmarks import FaceMesh, FaceMesher, eye_openness_each, mouth_openness
from inference.vision.stages.measure import MIN_PRESENCE
from inference.vision.training.scenes import surest_face
from inference.vision.types import EyeSample, Frame, ImageArray
from inference.vision.video import FrameReader, Sampling
from inference.vision.weights import asset_path

FULL_FPS = 1.0


@dataclass(frozen=True, slots=True)
class _Full:
    """One full sample: its time, and the mesh in each tile where one is sure."""

    timestamp_s: float
    meshes: dict[int, FaceMesh]

    @property
    def places(self) -> dict[int, EyePlace]:
        return {tile: eye_place(mesh, self.timestamp_s) for tile, mesh in self.meshes.items()}


class Eyewitness:
    """The stages that find faces, meshes and eyes, loaded once; ``spent_s`` adds up what each took."""

    def __init__(self) -> None:
        self._detect = FaceDetector(asset_path("weights/centerface.onnx"))
        self._mesher = FaceMesher(asset_path("weights/face_landmark.tflite"))
        self.eyes = EyeReader(choose_device("auto"))
        self.spent_s = {"faces": 0.0, "meshes": 0.0, "eyes": 0.0}

    def mesh(self, image: ImageArray) -> FaceMesh | None:
        """Return the mesh of the surest face of a picture, None where there is no face."""
        meshes = self.meshes(image)
        return meshes[0] if meshes else None

    def meshes(self, image: ImageArray) -> list[FaceMesh]:
        """Return the sure meshes of a picture."""
        start_s = time.perf_counter()
        faces = self._detect(image)
        found_s = time.perf_counter()
        found = self._mesher([(image, face.bbox_xyxy, face.landmarks) for face in faces])
        self.spent_s["faces"] += found_s - start_s
        self.spent_s["meshes"] += time.perf_counter() - found_s
        return [mesh for mesh in found if mesh.presence >= MIN_PRESENCE]

    def mouths(self, scenes: Sequence[ImageArray]) -> Values:
        """Return (m,) the MAR of the surest face of each small gray scene that has one."""
        found = [surest_face(self._detect, scene) for scene in scenes]
        faces = [(image, face.bbox_xyxy, face.landmarks) for image, face in filter(None, found)]
        sure = [mesh for mesh in self._mesher(faces) if mesh.presence >= MIN_PRESENCE]
        return np.array([mouth_openness(mesh.points) for mesh in sure])

    def read(self, path: Path, *, eyes_fps: float) -> list[TrackSignals]:
        """Return what was measured of the person in each tile of a recording, full samples once a second."""
        fulls: list[_Full] = []
        samples: list[EyeSample] = []
        for second, following in pairwise([*_seconds(FrameReader(path, Sampling(eyes_fps, 60.0))), []]):
            if not fulls:
                fulls.append(self._full(second[0]))
            if following:
                fulls.append(self._full(following[0]))
                start_s = time.perf_counter()
                samples += self.eyes.read(second, fulls[-2].places, fulls[-1].places)
                self.spent_s["eyes"] += time.perf_counter() - start_s
        return [_signals(tile, fulls, samples) for tile in range(GRID**2)]

    def _full(self, frame: Frame) -> _Full:
        found: dict[int, FaceMesh] = {}
        for mesh in self.meshes(frame.image_bgr):
            found.setdefault(tile_of(*mesh.points[:, :2].mean(axis=0)), mesh)
        return _Full(frame.timestamp_s, found)


def _seconds(frames: Iterable[Frame]) -> Iterator[list[Frame]]:
    for _, group in groupby(frames, key=lambda frame: int(frame.timestamp_s * FULL_FPS + 1e-6)):
        yield list(group)


def _signals(tile: int, fulls: list[_Full], samples: list[EyeSample]) -> TrackSignals:
    seen = [(full.timestamp_s, full.meshes[tile]) for full in fulls if tile in full.meshes]
    rows = np.array([_row(time_s, mesh) for time_s, mesh in seen], np.float64).reshape(-1, 5)
    own = [sample for sample in samples if sample.track_number == tile]
    closed = np.array([(sample.left_closed, sample.right_closed) for sample in own], np.float64).reshape(-1, 2)
    return TrackSignals(
        times_s=rows[:, 0], eye_openness=rows[:, 1:3], mouth_openness=rows[:, 3], face_px=rows[:, 4],
        quality=np.ones(len(rows)), tired=np.full(len(rows), np.nan),
        trace=EyeTrace(np.array([sample.timestamp_s for sample in own]), closed),
    )  # fmt: skip


def _row(time_s: float, mesh: FaceMesh) -> tuple[float, ...]:
    box = mesh.bbox_xyxy
    return time_s, *eye_openness_each(mesh.points), mouth_openness(mesh.points), float(max(box[2:] - box[:2]))
