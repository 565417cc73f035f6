"""Four convolution stages for an aligned face: the crop that the expression network gets, so that none is cut twice."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from inference.vision.families.common import Classifier, initialise, two_convolutions


class Yawn(Classifier):
    """The network: the crop's own level and contrast are taken out, then convolutions, a mean, one linear layer.

    The mean is taken over the lower half, where the mouth is: the upper half would let the network know people.
    """

    def __init__(
        self, *, num_classes: int = 2, widths: tuple[int, ...] = (16, 32, 48, 64), dropout: float = 0.3
    ) -> None:
        super().__init__()
        self.feature_size = widths[-1]
        self.level = nn.InstanceNorm2d(1)
        self.stages = nn.Sequential(*(two_convolutions(*pair, stride=2) for pair in pairwise((1, *widths))))
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(self.feature_size, num_classes)
        self.apply(initialise)

    def forward_features(self, x: Tensor) -> Tensor:
        """Return pooled features (n, feature_size) of faces ``x`` (n, 1, h, w)."""
        maps = self.stages(self.level(x))
        pooled: Tensor = maps[:, :, maps.shape[2] // 2 :].mean(dim=(2, 3))
        return pooled
