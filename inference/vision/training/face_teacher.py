"""The teacher of the face embedding: MobileFaceNet on the CPU engine, for training only, never shipped or needed later.

Its input is what ArcFace models take: 112 x 112 px, RGB, five points on a fixed template, (level - 127.5) / 128.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from inference.vision.training.evidence import teacher_file
from inference.vision.training.verification import unit
from inference.vision.types import FloatArray, Hook, ImageArray, silent_hook

FILE, SIZE_PX, DIMENSIONS, BATCH = "MobileFaceNet.onnx", 112, 128, 16
TEMPLATE = ((38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041))


class FaceTeacher:
    """The network of ``MobileFaceNet.onnx``."""

    def __init__(self, path: Path) -> None:
        import openvino

        core = openvino.Core()
        model = core.read_model(path)
        model.reshape([BATCH, 3, SIZE_PX, SIZE_PX])
        options = {"ENABLE_CPU_PINNING": "NO", "INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": "f32"}
        self._network = core.compile_model(model, "CPU", options)

    def embed(self, crops: ImageArray, hook: Hook = silent_hook) -> FloatArray:
        """Return unit embeddings (n, 128) of aligned BGR ``crops`` (n, 112, 112, 3)."""
        parts = []
        for start in range(0, len(crops), BATCH):
            parts.append(self._embed(crops[start : start + BATCH]))
            hook("embedding by the teacher", start + len(parts[-1]), len(crops))
        return unit(np.concatenate(parts))

    def _embed(self, crops: ImageArray) -> FloatArray:
        batch = np.zeros((BATCH, 3, SIZE_PX, SIZE_PX), np.float32)
        batch[: len(crops)] = (crops[..., ::-1].transpose(0, 3, 1, 2).astype(np.float32) - 127.5) / 128
        output = np.asarray(self._network([batch])[0], np.float32)
        return output.reshape(BATCH, DIMENSIONS)[: len(crops)].copy()


def load_teacher(data: Path) -> FaceTeacher:
    """Return the teacher from ``weights`` beside the data folder.

    Raises:
        FileNotFoundError: it is not there.
    """
    return FaceTeacher(teacher_file(data, FILE))
