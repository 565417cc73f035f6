"""Four convolutions that keep the place of what they see: small enough for every face of a gallery."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from inference.vision.families.common import Classifier, initialise

LAST_PX = 6


class Cover(Classifier):
    """The network: the picture's own level and contrast are taken out; places are kept, for a beard is no mask."""

    def __init__(self, *, num_classes: int = 2, widths: tuple[int, ...] = (8, 16, 32), dropout: float = 0.3) -> None:
        super().__init__()
        self.feature_size = widths[-1] * LAST_PX**2
        self.level = nn.InstanceNorm2d(1)
        stages = [_convolution(*pair, stride=2) for pair in pairwise((1, *widths))]
        self.stages = nn.Sequential(*stages, _convolution(widths[-1], widths[-1], stride=1))
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(self.feature_size, num_classes)
        self.apply(initialise)

    def forward_features(self, x: Tensor) -> Tensor:
        """Return features (n, feature_size) of faces ``x`` (n, 1, 48, 48)."""
        features: Tensor = self.stages(self.level(x)).flatten(1)
        return features


def _convolution(inputs: int, outputs: int, *, stride: int) -> nn.Sequential:
    side = 5 if inputs == 1 else 3
    kernels = nn.Conv2d(inputs, outputs, side, stride, side // 2, bias=False)
    return nn.Sequential(kernels, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))
