"""VGG16 (Simonyan and Zisserman 2015) for the deep features of paper 002, section 3.1: 4,096 values after fc2.

Names of layers and weights are torchvision's, so that its ImageNet state dict loads as it is.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

LAYERS = (64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0)  # 0: 2 x 2 max-pool
WIDTH = 4096


class Vgg16(nn.Module):
    """13 convolutions, 3 linear layers; the defaults are the published network with 138,357,544 parameters at 224 px.

    ``pool`` is the side of the map that the linear layers see. At 48 px the last map has one cell, which a 7 x 7 pool
    would only repeat: ``pool=1`` is the same function with 98 million parameters less. ``share`` narrows the
    convolutions, ``batch_norm`` is torchvision's ``vgg16_bn``; both are for training without ImageNet weights.
    """

    def __init__(
        self,
        *,
        num_classes: int = 1000,
        in_channels: int = 3,
        pool: int = 7,
        share: float = 1.0,
        batch_norm: bool = False,
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        widths = [round(width * share) for width in LAYERS]
        self.feature_size = WIDTH
        self.features = nn.Sequential(*_convolutions(in_channels, widths, batch_norm=batch_norm))
        self.avgpool = nn.AdaptiveAvgPool2d(pool)
        self.classifier = nn.Sequential(
            nn.Linear(max(widths[-2:]) * pool * pool, WIDTH),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
            nn.Linear(WIDTH, WIDTH),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
            nn.Linear(WIDTH, num_classes),
        )
        self.apply(_initialise)

    def forward_features(self, x: Tensor) -> Tensor:
        """Return what fc2 says, after its ReLU, (n, 4096), of normalised images ``x`` (n, in_channels, h, w)."""
        features: Tensor = self.classifier[:5](self.avgpool(self.features(x)).flatten(1))
        return features

    def forward_head(self, features: Tensor) -> Tensor:
        """Return logits (n, num_classes) of fc2's ``features``."""
        logits: Tensor = self.classifier[5:](features)
        return logits

    def forward(self, x: Tensor) -> Tensor:
        """Return logits (n, num_classes) of normalised images ``x`` (n, in_channels, h, w)."""
        return self.forward_head(self.forward_features(x))


def load_imagenet(network: Vgg16, state: Mapping[str, Tensor]) -> Vgg16:
    """Return ``network`` with torchvision's ``state``; a head for other classes keeps its fresh weights.

    Raises:
        ValueError: any other layer is missing or has another shape.
    """
    own = network.state_dict()
    head = {name for name in ("classifier.6.weight", "classifier.6.bias") if _shape(state, name) != own[name].shape}
    wrong = sorted(name for name in own if name not in head and _shape(state, name) != own[name].shape)
    if wrong:
        raise ValueError(
            f"The weights are not those of this VGG16, see {', '.join(wrong[:3])}: use torchvision's vgg16."
        )
    network.load_state_dict(own | {name: state[name] for name in own if name not in head})
    return network


def _shape(state: Mapping[str, Tensor], name: str) -> torch.Size | None:
    return state[name].shape if name in state else None


def _convolutions(inputs: int, widths: list[int], *, batch_norm: bool) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for width in widths:
        if not width:
            layers.append(nn.MaxPool2d(2, 2))
            continue
        layers.append(nn.Conv2d(inputs, width, 3, padding=1))
        layers += [nn.BatchNorm2d(width)] if batch_norm else []
        layers.append(nn.ReLU(inplace=True))
        inputs = width
    return layers


def _initialise(module: nn.Module) -> None:
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        nn.init.zeros_(module.bias)  # type: ignore[arg-type]
    if isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, 0, 0.01)
        nn.init.zeros_(module.bias)
