"""What a tracker sees of one frame: boxes, looks and, for the faces that it asks for, embeddings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from inference.vision.sights import FirstSight
from inference.vision.stages.embed import Embed, embedding_quality
from inference.vision.stages.looks import levels_of, looks_of, points_of
from inference.vision.types import Detection, FloatArray, ImageArray


class View:
    """One frame's detections (m of them): ``boxes`` (m, 4), ``looks`` (m, 2, 16, 16, 3).

    ``vectors`` (m, d) are the embeddings taken so far, NaN where none was, and None without an embedder;
    ``qualities`` (m,) 0..1 say how much each is worth.
    """

    def __init__(
        self, image_bgr: ImageArray, now_s: float, detections: Sequence[Detection], embed: Embed | None
    ) -> None:
        self._image_bgr, self._detections, self._embed = image_bgr, detections, embed
        self.now_s = now_s
        self.levels = levels_of(image_bgr)
        self.boxes: FloatArray = np.stack([face.bbox_xyxy for face in detections])
        self.looks: ImageArray = np.stack([looks_of(self.levels, face) for face in detections])
        self.vectors: FloatArray | None = None
        self.qualities: npt.NDArray[np.float64] = np.zeros(len(detections))

    def take(self, rows: Sequence[int]) -> None:
        """Take the embeddings of the faces in ``rows``, each at most once."""
        if self._embed is None:
            return
        wanted = [row for row in rows if self.vector(row) is None]
        found = self._embed([(self._image_bgr, points_of(self._detections[row])) for row in wanted])
        if self.vectors is None:
            self.vectors = np.full((len(self._detections), found.shape[1]), np.nan, np.float32)
        self.vectors[wanted] = found
        self.qualities[wanted] = [embedding_quality(self._image_bgr, self._detections[row]) for row in wanted]

    def vector(self, row: int) -> FloatArray | None:
        """Return the embedding (d,) of the face in ``row``, or None where none was taken."""
        if self.vectors is None or np.isnan(self.vectors[row, 0]):
            return None
        return np.asarray(self.vectors[row], np.float32)

    def first_sight(self, row: int, number: int) -> FirstSight:
        """Return how track ``number`` begins with the face in ``row``."""
        quality = float(self.qualities[row])
        return FirstSight(number, self.now_s, self.boxes[row], self.looks[row], self.vector(row), quality)
