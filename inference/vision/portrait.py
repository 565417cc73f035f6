"""One photo of one person becomes an embedding: one face, good enough. The picture stays in memory."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import Literal, TypeAlias

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from inference.vision.runtime import choose_device
from inference.vision.stages.detect import FaceDetector
from inference.vision.stages.embed import FaceEmbedder, load_embedder
from inference.vision.stages.headpose import NO_POSE, head_pose
from inference.vision.stages.landmarks import FaceMesh, FaceMesher
from inference.vision.stages.quality import LEAST_PRESENCE, appraise, side_px
from inference.vision.types import Detection, FloatArray, ImageArray
from inference.vision.weights import WeightCard, asset_path

Fault: TypeAlias = Literal["unreadable", "large", "no_face", "several", "small", "blurred", "turned", "covered"]

FORMATS = ("JPEG", "PNG", "WEBP")
# A photo of a modern telephone; what is larger is refused by its header, before a pixel is decoded.
MOST_PIXELS = 50_000_000
WORKING_SIDE_PX = 1280
# A track's faces may be small, but what they are compared with should have every detail that the network reads.
LEAST_FACE_PX = 64.0
# A face in the background of less than this share of the largest one's side is nobody that could be meant.
BACKGROUND_SHARE = 0.4


class PortraitError(ValueError):
    """A photo that cannot be used; ``fault`` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Portrait:
    """The unit embedding (d,) of the one face of a photo, with its quality 0..1."""

    vector: FloatArray
    quality: float


class PortraitReader:
    """Finds the one face of a photo and embeds it; ``card`` is the embedding's."""

    def __init__(self, detect: FaceDetector, mesher: FaceMesher, embed: FaceEmbedder) -> None:
        self._detect, self._mesher, self._embed = detect, mesher, embed
        self.card: WeightCard = embed.card

    def __call__(self, content: bytes) -> Portrait:
        """Return the embedding of the face on the photo whose file is ``content``.

        Raises:
            PortraitError: no photo, not exactly one face, or one that is too small, blurred, turned or covered.
        """
        image_bgr = decode(content)
        face = the_one(self._detect(image_bgr))
        mesh = self._mesher([(image_bgr, face.bbox_xyxy, face.landmarks)])[0]
        quality = _checked(image_bgr, face, mesh)
        return Portrait(self._embed([(image_bgr, mesh.five_points)])[0], quality)


def load_portrait_reader(device: str = "auto") -> PortraitReader:
    """Load what reads reference photos.

    Raises:
        WeightsError: a network is missing, or its weights are not the card's.
    """
    detect = FaceDetector(asset_path("weights/centerface.onnx"))
    mesher = FaceMesher(asset_path("weights/face_landmark.tflite"))
    return PortraitReader(detect, mesher, load_embedder(choose_device(device)))


def decode(content: bytes) -> ImageArray:
    """Return the photo upright as BGR (h, w, 3), at most 1280 px a side; nothing else of the file is kept.

    Raises:
        PortraitError: it is no photo that can be read, or has too many pixels.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return _pixels(content)
    except Image.DecompressionBombError as error:
        raise PortraitError("large") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, MemoryError) as error:
        if isinstance(error, PortraitError):
            raise
        raise PortraitError("unreadable") from error


def _pixels(content: bytes) -> ImageArray:
    with Image.open(BytesIO(content), formats=FORMATS) as photo:
        if photo.width * photo.height > MOST_PIXELS:
            raise PortraitError("large")
        photo.draft("RGB", (WORKING_SIDE_PX, WORKING_SIDE_PX))
        upright = ImageOps.exif_transpose(photo).convert("RGB")
    upright.thumbnail((WORKING_SIDE_PX, WORKING_SIDE_PX))
    return np.ascontiguousarray(np.asarray(upright, np.uint8)[:, :, ::-1])


def the_one(faces: list[Detection]) -> Detection:
    """Return the only face; much smaller ones behind it do not count.

    Raises:
        PortraitError: there is none, or more than one.
    """
    if not faces:
        raise PortraitError("no_face")
    largest = max(faces, key=lambda face: side_px(face.bbox_xyxy))
    least_px = BACKGROUND_SHARE * side_px(largest.bbox_xyxy)
    if sum(side_px(face.bbox_xyxy) >= least_px for face in faces) > 1:
        raise PortraitError("several")
    return largest


def _checked(image_bgr: ImageArray, face: Detection, mesh: FaceMesh) -> float:
    """Return the face's quality, or refuse it."""
    if side_px(face.bbox_xyxy) < LEAST_FACE_PX:
        raise PortraitError("small")
    pose = head_pose(mesh.points) if mesh.presence >= LEAST_PRESENCE else NO_POSE
    appraisal = appraise(image_bgr, face, mesh, pose)
    if appraisal.rejection:
        raise PortraitError(appraisal.rejection)
    return appraisal.quality
