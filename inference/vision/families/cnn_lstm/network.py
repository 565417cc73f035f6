"""Two streams of five 5x5 convolutions, fused step by step in an LSTM (paper 003, sections 2.2 and 3.3).

The paper fuses in an LSTM over time, but FER2013 has none, and its layer table is missing. Here the LSTM's steps are

* for stills (n, c, h, w): the cells of the last feature map, row by row (nine at 96 px; four with ``stem_stride`` 2);
* for clips (n, t, c, h, w): the frames, each the mean of its cells.

Both kinds of step are the two streams' channels side by side, through one fully connected layer, so that the same
weights serve both. In training a share of the faces shows the LSTM the mean of its cells in the place of each cell:
it then knows what a frame looks like.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.vision.families.common import Classifier, initialise

STREAMS = ("equalised", "edges")  # the channels of the input, in this order
KERNEL = 5


class Stream(nn.Sequential):
    """Five times 5x5 convolution, batch norm, ReLU and 2x2 max-pool; odd sides are rounded up.

    ``stem_stride`` 2 lets the first convolution see every other pixel.
    """

    def __init__(self, widths: Sequence[int], *, stem_stride: int) -> None:
        layers: list[nn.Module] = []
        for inputs, outputs, stride in zip((1, *widths), widths, (stem_stride, 1, 1, 1, 1), strict=False):
            layers += [
                nn.Conv2d(inputs, outputs, KERNEL, stride, KERNEL // 2, bias=False),
                nn.BatchNorm2d(outputs),
                nn.ReLU(inplace=True),
                nn.MaxPool2d(2, ceil_mode=True),
            ]
        super().__init__(*layers)


class CnnLstm(Classifier):
    """The network; ``streams`` chooses both (the paper's system) or one of them (its Table 2).

    Raises:
        ValueError: a stream has another name.
    """

    def __init__(
        self,
        *,
        num_classes: int = 7,
        streams: Sequence[str] = STREAMS,
        widths: Sequence[int] = (16, 32, 64, 128, 256),
        stem_stride: int = 2,
        step_size: int = 192,
        hidden_size: int = 192,
        mean_share: float = 0.2,
        dropout: float = 0.3,
    ) -> None:
        super().__init__()
        if not streams or set(streams) - set(STREAMS):
            raise ValueError(f"streams are {', '.join(STREAMS)}, one or both; not {list(streams)}")
        self.channels = tuple(STREAMS.index(name) for name in streams)
        self.streams = nn.ModuleList(Stream(widths, stem_stride=stem_stride) for _ in streams)
        self.mean_share = mean_share
        self.connect = nn.Linear(widths[-1] * len(self.channels), step_size)
        self.lstm = nn.LSTM(step_size, hidden_size, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.feature_size = hidden_size
        self.head = nn.Linear(hidden_size, num_classes)
        self.apply(initialise)
        _initialise_as_keras(self.lstm)

    def cells(self, x: Tensor) -> Tensor:
        """Return the last map's cells, row by row (n, cells, channels of all streams), of faces ``x`` (n, c, h, w)."""
        maps = [stream(x[:, c : c + 1]) for c, stream in zip(self.channels, self.streams, strict=True)]
        return torch.cat(maps, dim=1).flatten(2).transpose(1, 2)

    def steps(self, x: Tensor) -> Tensor:
        """Return the LSTM's steps (n, steps, channels) of stills (n, c, h, w) or clips (n, t, c, h, w)."""
        if x.ndim == 5:
            return self.cells(x.flatten(0, 1)).mean(dim=1).view(-1, x.shape[1], self.connect.in_features)
        cells = self.cells(x)
        if not self.training:
            return cells
        chosen = torch.rand(len(cells), 1, 1, device=x.device) < self.mean_share
        return torch.where(chosen, cells.mean(dim=1, keepdim=True), cells)

    def forward_features(self, x: Tensor) -> Tensor:
        """Return the LSTM's mean answer (n, hidden_size) to normalised stills (n, c, h, w) or clips (n, t, c, h, w)."""
        steps = functional.relu(self.connect(self.dropout(self.steps(x))))
        features: Tensor = self.lstm(steps)[0].mean(dim=1)
        return features


@torch.no_grad()
def _initialise_as_keras(lstm: nn.LSTM) -> None:
    """Draw the weights as the paper's library does; with a forget gate that starts open, early cells are not lost."""
    for name, value in lstm.named_parameters():
        if name.startswith("weight_ih"):
            nn.init.xavier_uniform_(value)
        elif name.startswith("weight_hh"):
            nn.init.orthogonal_(value)
        else:
            nn.init.zeros_(value)
    dict(lstm.named_parameters())["bias_ih_l0"][lstm.hidden_size : 2 * lstm.hidden_size] = 1.0
