"""Triplet loss with hinge and semi-hard mining, softmax on people, and the distance to a teacher's embedding.

Paper 001 prints its eq. 2 without the hinge, which then has no lower bound; FaceNet (Schroff et al. 2015, eq. 2 and
section 3.2) has it, and so does this file.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class FaceLoss(nn.Module):
    """The weighted sum of the three losses; those on people count only the faces whose person has several photos."""

    def __init__(
        self,
        *,
        alpha: float,
        triplet_weight: float,
        people_weight: float,
        teacher_weight: float,
        relation_weight: float,
        relation_scale: float,
    ) -> None:
        super().__init__()
        self.alpha = alpha
        self.triplet_weight = triplet_weight
        self.people_weight = people_weight
        self.teacher_weight = teacher_weight
        self.relation_weight = relation_weight
        self.relation_scale = relation_scale

    def forward(self, features: Tensor, logits: Tensor | None, targets: Tensor, people: Tensor) -> Tensor:
        """Return the loss of ``features`` (n, d).

        ``logits`` are (n, people), ``targets`` (n + m, d) the teacher's unit embeddings of the n faces and of m others,
        ``people`` (n,) numbers, -1 for a face whose person has no other photo.
        """
        embeddings, known = functional.normalize(features.float(), dim=1), people >= 0
        loss = self.teacher_weight * teacher_distance(embeddings, targets[: len(embeddings)])
        if self.relation_weight:
            loss = loss + self.relation_weight * relation_loss(embeddings, targets, scale=self.relation_scale)
        if self.triplet_weight:
            loss = loss + self.triplet_weight * triplet_loss(embeddings[known], people[known], alpha=self.alpha)
        if self.people_weight and logits is not None and bool(known.any()):
            loss = loss + self.people_weight * functional.cross_entropy(logits[known].float(), people[known])
        return loss


def build_loss(
    *,
    num_classes: int,
    feature_size: int,
    alpha: float = 0.2,
    triplet_weight: float = 1.0,
    people_weight: float = 1.0,
    teacher_weight: float = 0.0,
    relation_weight: float = 0.0,
    relation_scale: float = 16.0,
) -> FaceLoss:
    """Return the loss; ``num_classes`` and ``feature_size`` are the trainer's, this loss needs neither."""
    return FaceLoss(
        alpha=alpha,
        triplet_weight=triplet_weight,
        people_weight=people_weight,
        teacher_weight=teacher_weight,
        relation_weight=relation_weight,
        relation_scale=relation_scale,
    )


def teacher_distance(embeddings: Tensor, targets: Tensor) -> Tensor:
    """Return the mean of 1 - cosine of unit ``embeddings`` (n, d) and unit ``targets`` (n, d)."""
    return (1 - (embeddings * targets).sum(dim=1)).mean()


def relation_loss(embeddings: Tensor, targets: Tensor, *, scale: float) -> Tensor:
    """Return the mean cross entropy of whom ``embeddings`` (n, d) resemble against whom the teacher says they do.

    Every row of ``targets`` (n + m, d), the n faces' own first, stands for its person; ``scale`` times the cosines are
    the logits on both sides. The distance alone first teaches only what all faces have in common.
    """
    said = (scale * targets[: len(embeddings)] @ targets.T).softmax(dim=1)
    return functional.cross_entropy(scale * embeddings @ targets.T, said)


def triplet_loss(embeddings: Tensor, people: Tensor, *, alpha: float) -> Tensor:
    """Return the mean of [||a - p||^2 - ||a - n||^2 + alpha]+ over all pairs (a, p) of one person in the batch.

    n is the semi-hard negative of the pair, see ``semi_hard``. 0 where no pair or no negative is in the batch.
    """
    distances = (2 - 2 * embeddings @ embeddings.T).clamp(min=0)
    is_same = people[:, None] == people[None]
    anchors, positives = torch.nonzero(is_same.triu(diagonal=1) | is_same.tril(diagonal=-1), as_tuple=True)
    if not len(anchors) or bool(is_same.all()):
        return distances.sum() * 0
    negatives = semi_hard(distances.detach(), is_same, anchors, positives)
    return functional.relu(distances[anchors, positives] - distances[anchors, negatives] + alpha).mean()


def semi_hard(distances: Tensor, is_same: Tensor, anchors: Tensor, positives: Tensor) -> Tensor:
    """Return for each pair (anchor, positive) (m,) the row of a negative, from ``distances`` and ``is_same`` (n, n).

    The nearest one that is farther away than the positive; where there is none, the farthest one: the hardest would
    make all embeddings collapse early on (FaceNet, section 3.2).
    """
    near = distances[anchors, positives][:, None]
    strangers = distances[anchors].masked_fill(is_same[anchors], float("inf"))
    nearest, row = strangers.masked_fill(strangers <= near, float("inf")).min(dim=1)
    farthest = distances[anchors].masked_fill(is_same[anchors], float("-inf")).argmax(dim=1)
    return torch.where(nearest.isinf(), farthest, row)
