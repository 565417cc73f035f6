"""The names that torchvision's ResNet18 gives its weights, as the families built on its topology call them."""

from __future__ import annotations

import re

RULES = (
    (r"^conv1\.", "stem.0."),
    (r"^bn1\.", "stem.1."),
    (r"^fc\.", "head."),
    (r"\.bn(\d)\.", r".norm\1."),
    (r"\.downsample\.", ".project."),
)


def own_name(name: str) -> str:
    """Return what a family here calls torchvision's weight ``name``; its own names come back as they are."""
    for pattern, replacement in RULES:
        name = re.sub(pattern, replacement, name)
    # torchvision counts blocks within each of its layers 1 to 4, the families all eight in a row
    return re.sub(r"^layer(\d)\.(\d)\.", lambda found: f"stages.{2 * int(found[1]) - 2 + int(found[2])}.", name)
