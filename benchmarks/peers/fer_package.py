"""The ``fer`` package from PyPI as it comes, or with ``mtcnn`` as its documentation advises for accuracy."""

from __future__ import annotations

import logging
import sys

from benchmarks.peers.child import Box, Image, Reader, Rect, main
from benchmarks.peers.without_cuda import torchvision


def reader(*, mtcnn: bool) -> Reader:
    """Return a reader by the package's own detector: the Haar cascade, or facenet-pytorch's MTCNN."""
    if mtcnn:
        torchvision()
    from fer.fer import FER  # type: ignore[import-not-found]

    logging.disable(logging.INFO)
    detector = FER(mtcnn=mtcnn)

    def read(image_bgr: Image, _tiles: list[Rect]) -> list[Box]:
        found = [face["box"] for face in detector.detect_emotions(image_bgr)]
        return [(float(x), float(y), float(x + width), float(y + height)) for x, y, width, height in found]

    return read


if __name__ == "__main__":
    main(reader(mtcnn="mtcnn" in sys.argv))
