"""A standard ResNet18 state dict (torchvision's names) as weights of this family: ``train drsn --init FILE``."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn

from inference.vision.families.resnet_names import own_name


def convert(state: Mapping[str, Tensor], network: nn.Module) -> dict[str, Tensor]:
    """Return ``state`` under the names of ``network``, a Drsn; weights that have its names already stay as they are.

    A stem for three colours becomes one for gray by summing its kernels: gray copied into three channels gives the
    same. A kernel that shall be twice as wide, at twice the stride and on pictures of twice the size, becomes the mean
    over 2 x 2 pixels followed by the old one. The shrinking sub-networks are not in a ResNet18 and stay as they are.

    Raises:
        ValueError: the stem's kernel has neither the size of the network's nor half of it.
    """
    renamed = {own_name(name): value for name, value in state.items()}
    own, stem = network.state_dict()["stem.0.weight"], renamed.get("stem.0.weight")
    if stem is None:
        return renamed
    if own.shape[2] == 2 * stem.shape[2]:
        stem = stem.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3) / 4
    if stem.shape[2:] != own.shape[2:]:
        raise ValueError(
            f"The weights begin with a {stem.shape[2]} x {stem.shape[3]} convolution, this profile's network with "
            f"{own.shape[2]} x {own.shape[3]}: choose a profile with stem_kernel = {stem.shape[2]}, such as paper."
        )
    return renamed | {"stem.0.weight": stem.sum(dim=1, keepdim=True) if own.shape[1] == 1 else stem}
