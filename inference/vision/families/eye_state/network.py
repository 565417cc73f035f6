"""Three convolutions for a crop of one eye: small enough to run on every eye of a gallery."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from inference.vision.families.common import Classifier, initialise, two_convolutions


class EyeState(Classifier):
    """The network: the crop's own level and contrast are taken out, then convolutions, a mean, one linear layer.

    Eyes in the light of a screen differ in contrast more than in shape; a crop is therefore brought to mean 0 and
    deviation 1 by itself.
    """

    def __init__(self, *, num_classes: int = 2, widths: tuple[int, ...] = (16, 32, 64), dropout: float = 0.2) -> None:
        super().__init__()
        self.feature_size = widths[-1]
        self.level = nn.InstanceNorm2d(1)
        self.stages = nn.Sequential(
            *(two_convolutions(*pair, stride=1 if pair[0] == 1 else 2) for pair in pairwise((1, *widths)))
        )
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(self.feature_size, num_classes)
        self.apply(initialise)

    def forward_features(self, x: Tensor) -> Tensor:
        """Return pooled features (n, feature_size) of crops ``x`` (n, 1, h, w)."""
        pooled: Tensor = self.stages(self.level(x)).mean(dim=(2, 3))
        return pooled
