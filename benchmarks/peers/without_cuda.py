"""Lets torchvision from PyPI, whose compiled half wants CUDA, load beside the CPU build of torch."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import cv2
import torch

_torch_library: Any = torch.library
_library = _torch_library.Library("torchvision", "FRAGMENT")


def torchvision() -> ModuleType:
    """Return torchvision; its non-maximum suppression is OpenCV's, compiled as well and by the same rule."""
    for name in ("nms", "qnms"):
        _library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _library.impl("nms", _suppressed, "CPU")
    import torchvision as loaded  # type: ignore[import-not-found]

    loaded.extension._has_ops = lambda: True
    module: ModuleType = loaded
    return module


def _suppressed(boxes: torch.Tensor, scores: torch.Tensor, iou_threshold: float) -> torch.Tensor:
    rects: Any = boxes.double().numpy().copy()
    rects[:, 2:] -= rects[:, :2]
    likely: Any = scores.double().numpy()
    kept = cv2.dnn.NMSBoxes(rects, likely, 0.0, float(iou_threshold))
    return torch.as_tensor(list(kept), dtype=torch.int64)
