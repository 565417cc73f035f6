"""Cross entropy on soft labels: paper 004 names no other loss."""

from __future__ import annotations

from inference.vision.families.common import CrossEntropy

build_loss = CrossEntropy

__all__ = ["build_loss"]
