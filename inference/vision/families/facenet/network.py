"""MobileNetV1 (Howard et al. 2017, Table 1) with FaceNet's embedding, after paper 001, section 2, figures 2 and 3."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from inference.vision.families.common import initialise

STEM_WIDTH = 32
# Channels and stride of each depthwise separable block.
BLOCKS = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *((512, 1),) * 5, (1024, 2), (1024, 1))


class Depthwise(nn.Conv2d):
    """A 3x3 kernel for each channel."""

    def __init__(self, channels: int, *, stride: int) -> None:
        super().__init__(channels, channels, 3, stride, 1, groups=channels, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Map (n, channels, h, w) to (n, channels, h / stride, w / stride).

        In training on a processor every output is computed and those between the strides are dropped: the same
        values, but the gradient of a strided depthwise kernel takes up to 80 times as long there.
        """
        if not (self.training and x.device.type == "cpu"):
            return super().forward(x)
        every = functional.conv2d(x, self.weight, None, 1, 1, 1, self.groups)
        return every[:, :, :: self.stride[0], :: self.stride[1]]


class Separable(nn.Sequential):
    """Depthwise separable convolution: filter each channel, then mix the channels; batch norm and ReLU after both."""

    def __init__(self, inputs: int, outputs: int, *, stride: int) -> None:
        super().__init__(
            Depthwise(inputs, stride=stride),
            nn.BatchNorm2d(inputs),
            nn.ReLU(inplace=True),
            nn.Conv2d(inputs, outputs, 1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
        )


class FaceNet(nn.Module):
    """The network: stem, 13 depthwise separable blocks, average pooling, dropout, 128 values, batch norm, length 1.

    ``num_classes`` people are told apart in training only; with 0 there is no layer for them, as in what ships.
    ``width`` narrows every layer, ``stem_stride`` is 2 in MobileNetV1.
    """

    def __init__(
        self,
        *,
        num_classes: int = 0,
        in_channels: int = 3,
        width: float = 1.0,
        stem_stride: int = 2,
        dimensions: int = 128,
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        widths = [round(channels * width) for channels, _ in BLOCKS]
        inputs = [round(STEM_WIDTH * width), *widths]
        self.stem = nn.Sequential(
            nn.Conv2d(in_channels, inputs[0], 3, stem_stride, 1, bias=False),
            nn.BatchNorm2d(inputs[0]),
            nn.ReLU(inplace=True),
        )
        strides = [stride for _, stride in BLOCKS]
        blocks = zip(inputs, widths, strides, strict=False)
        self.blocks = nn.Sequential(*(Separable(before, after, stride=stride) for before, after, stride in blocks))
        self.dropout = nn.Dropout(dropout)
        self.embed = nn.Linear(widths[-1], dimensions, bias=False)
        self.norm = nn.BatchNorm1d(dimensions)
        self.feature_size = dimensions
        self.apply(_initialise)
        self.people = nn.Linear(dimensions, num_classes) if num_classes else None

    def forward_features(self, x: Tensor) -> Tensor:
        """Return (n, dimensions) for normalised RGB faces ``x`` (n, in_channels, h, w), before they get length 1."""
        pooled = self.blocks(self.stem(x)).mean(dim=(2, 3))
        features: Tensor = self.norm(self.embed(self.dropout(pooled)))
        return features

    def forward_head(self, features: Tensor) -> Tensor:
        """Return logits (n, num_classes) of the people of the training.

        Raises:
            ValueError: the network was built without them.
        """
        if self.people is None:
            raise ValueError("This network knows no people, only embeddings: build it with num_classes to train it.")
        logits: Tensor = self.people(features)
        return logits

    def forward(self, x: Tensor) -> Tensor:
        """Return unit embeddings (n, dimensions) of normalised RGB faces ``x`` (n, in_channels, h, w)."""
        return functional.normalize(self.forward_features(x).float(), dim=1)


def _initialise(module: nn.Module) -> None:
    """Draw kernels as He et al. 2015 do; each output of a depthwise one has 9 inputs, whatever the channels."""
    if isinstance(module, Depthwise):
        nn.init.kaiming_normal_(module.weight, mode="fan_in", nonlinearity="relu")
    else:
        initialise(module)
