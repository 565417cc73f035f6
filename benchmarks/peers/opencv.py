"""What the authors of the papers would write: OpenCV, the facenet-pytorch wheel's MTCNN, ResNet18 on each face."""

from __future__ import annotations

import cv2
import numpy as np
import torch
from torch import nn

from benchmarks.peers.child import Box, Image, Reader, Rect, main
from benchmarks.peers.without_cuda import torchvision

SIDE_PX = 224
CLASSES = 6


def reader() -> Reader:
    """Return a reader with random weights: they take as long as trained ones."""
    vision = torchvision()
    from facenet_pytorch import MTCNN  # type: ignore[import-not-found]

    detector, network = MTCNN(keep_all=True, device="cpu"), vision.models.resnet18(num_classes=CLASSES).eval()

    def read(image_bgr: Image, _tiles: list[Rect]) -> list[Box]:
        image = np.asarray(cv2.cvtColor(image_bgr, cv2.COLOR_BGR2RGB), np.uint8)
        boxes, _ = detector.detect(image)
        faces = [] if boxes is None else [tuple(map(float, box)) for box in boxes]
        for face in faces:
            _classified(network, image, face)
        return faces

    return read


@torch.no_grad()
def _classified(network: nn.Module, image: Image, box: Box) -> list[float]:
    left, top, right, bottom = (max(int(edge), 0) for edge in box)
    face = cv2.resize(image[top : bottom + 1, left : right + 1], (SIDE_PX, SIDE_PX))
    batch = torch.from_numpy(face.astype(np.float32) / 255).permute(2, 0, 1)[None]
    found: list[float] = torch.softmax(network(batch), dim=1)[0].tolist()
    return found


if __name__ == "__main__":
    main(reader())
