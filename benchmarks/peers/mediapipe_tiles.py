"""MediaPipe's Face Landmarker on every tile, with its blendshapes and head pose."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import mediapipe  # type: ignore[import-not-found]
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision  # type: ignore[import-not-found]

from benchmarks.peers.child import Box, Image, Reader, Rect, main


def reader(model: Path) -> Reader:
    """Return a reader of one face a tile."""
    landmarker = vision.FaceLandmarker.create_from_options(
        vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(model)),
            output_face_blendshapes=True,
            output_facial_transformation_matrixes=True,
        )
    )

    def read(image_bgr: Image, tiles: list[Rect]) -> list[Box]:
        image = np.asarray(cv2.cvtColor(image_bgr, cv2.COLOR_BGR2RGB), np.uint8)
        found = [_box(landmarker, image, tile) for tile in tiles]
        return [box for box in found if box is not None]

    return read


def _box(landmarker: vision.FaceLandmarker, image: Image, tile: Rect) -> Box | None:
    left, top, width, height = tile
    pixels = np.ascontiguousarray(image[top : top + height, left : left + width])
    faces = landmarker.detect(mediapipe.Image(mediapipe.ImageFormat.SRGB, pixels)).face_landmarks
    if not faces:
        return None
    points = np.array([(point.x * width + left, point.y * height + top) for point in faces[0]])
    return tuple(float(edge) for edge in (*points.min(axis=0), *points.max(axis=0)))


if __name__ == "__main__":
    main(reader(Path(sys.argv[3])))
