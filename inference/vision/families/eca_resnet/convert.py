"""Weights of another ResNet18 as a start for this one: ``train eca_resnet --init FILE``."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn
from torch.nn import functional

from inference.vision.families.resnet_names import own_name


def convert(state: Mapping[str, Tensor], network: nn.Module) -> dict[str, Tensor]:
    """Return ``state``, under torchvision's names or under those of this project's families, as weights of ``network``.

    Colour kernels of the stem are summed: gray copied into three channels gives the same. An even stem, which looks at
    pictures of twice the size, is summed over 2 x 2 kernel cells: each cell sees half of a pixel here. A stem of
    another size than 5x5 is cut to its middle or framed with zeros; framed, it computes the same. The attention keeps
    its own weights, and so does the head, since the classes are others.
    """
    renamed = {own_name(name): value for name, value in state.items()}
    if "stem.0.weight" not in renamed:
        return renamed
    stem = renamed["stem.0.weight"].sum(dim=1, keepdim=True)
    if stem.shape[-1] % 2 == 0:
        stem = functional.avg_pool2d(stem.float(), 2) * 4
    edge = (network.state_dict()["stem.0.weight"].shape[-1] - stem.shape[-1]) // 2
    return renamed | {"stem.0.weight": functional.pad(stem, [edge] * 4)}
