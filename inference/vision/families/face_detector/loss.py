"""What the detector is told: focal loss of the middles, generalised overlap of the boxes, distance of the points."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.vision.families.face_detector.network import STRIDE_PX

POINTS_WEIGHT = 1.0


class DetectionLoss(nn.Module):
    """The loss of cells (n, 15, h, w) against maps of ``data.targets``."""

    def forward(self, cells: Tensor, heat: Tensor, counted: Tensor, weight: Tensor, faces: Tensor) -> Tensor:
        """Return the loss a face.

        ``heat`` (n, h, w) is 1 in the middle of faces; ``counted`` (n, h, w) 0 where nobody may judge; ``weight``
        (n, h, w) sums to 1 over each face; ``faces`` (n, 14, h, w): corners of the box, then points, in pixels.
        """
        many = (heat == 1).sum().clamp(min=1)
        middles = (focal(cells[:, 0], heat) * counted).sum()
        rows, chosen = faces.permute(0, 2, 3, 1), weight > 0
        boxes, points, size = geometry(cells)
        apart = 1 - generalised_overlap(boxes[chosen], rows[chosen][:, :4])
        off = functional.smooth_l1_loss(
            (points[chosen] - rows[chosen][:, 4:].reshape(-1, 5, 2)) / size[chosen][:, None].detach(),
            torch.zeros_like(points[chosen]),
            beta=0.05,
            reduction="none",
        ).sum(dim=(1, 2))
        return (middles + (weight[chosen] * (apart + POINTS_WEIGHT * off)).sum()) / many


def geometry(cells: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return boxes (n, h, w, 4), points (n, h, w, 5, 2) and sizes (n, h, w, 2) in pixels."""
    height, width = cells.shape[2:]
    grid = torch.stack(torch.meshgrid(torch.arange(width), torch.arange(height), indexing="xy"), dim=2) + 0.5
    found = cells.permute(0, 2, 3, 1)
    centre = (grid.to(found) + found[..., 1:3]) * STRIDE_PX
    size = found[..., 3:5].clamp(-3, 5).exp() * STRIDE_PX
    points = found[..., 5:].reshape(*found.shape[:3], 5, 2) * size[..., None, :] + centre[..., None, :]
    return torch.cat([centre - size / 2, centre + size / 2], dim=3), points, size


def focal(logits: Tensor, heat: Tensor) -> Tensor:
    """Return each cell's penalty-reduced focal loss (Law and Deng 2018, eq. 1)."""
    score, is_middle = logits.sigmoid(), heat == 1
    found = -functional.logsigmoid(logits) * (1 - score) ** 2
    false = -functional.logsigmoid(-logits) * score**2 * (1 - heat) ** 4
    return torch.where(is_middle, found, false)


def generalised_overlap(left: Tensor, right: Tensor) -> Tensor:
    """Return the generalised intersection over union (n,) of boxes (n, 4), row by row (Rezatofighi et al. 2019)."""
    inner = (torch.minimum(left[:, 2:], right[:, 2:]) - torch.maximum(left[:, :2], right[:, :2])).clamp(min=0).prod(1)
    union = (left[:, 2:] - left[:, :2]).prod(1) + (right[:, 2:] - right[:, :2]).prod(1) - inner
    outer = (torch.maximum(left[:, 2:], right[:, 2:]) - torch.minimum(left[:, :2], right[:, :2])).prod(1)
    return inner / union.clamp(min=1e-6) - (outer - union) / outer.clamp(min=1e-6)
