"""A second opinion on a face: the basic emotions that the CNN-LSTM reads in sixteen of its pictures in a row.

An option, off by default, under the policy of the basic emotions, and shown as uncertainty: no score rests on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np

from inference.vision.families import load_network
from inference.vision.families.cnn_lstm.decode import WINDOW, read_windows
from inference.vision.runtime import Device, Network, load_module
from inference.vision.stages.align import align
from inference.vision.stages.measure import Sighting
from inference.vision.types import FloatArray, ImageArray, Observation
from inference.vision.weights import WeightCard

FAMILY = "cnn_lstm"
WINDOWS = "cnn_lstm_windows"
"""How the choice of windows is called among the networks that read the basic emotions."""
ESTIMATE = "basic"
# Between two samples of a window; further apart, a face was away.
LARGEST_STEP_S = 5.0

Opinions: TypeAlias = dict[tuple[int, float], FloatArray]
"""By track number and time of a sample: the probabilities (7,) of the window that the sample is in."""


@dataclass(slots=True)
class _Stretch:
    """The samples of one face without a gap: how many there were, the last faces, the times that wait to be read."""

    count: int = 0
    faces: list[ImageArray] = field(default_factory=list)
    waiting_s: list[float] = field(default_factory=list)
    last_s: float = 0.0


class SecondOpinion:
    """Collects the aligned faces of each track and reads them window by window, each face once.

    Faces are pictures and are never stored. So windows end with a part and begin anew with the next: a part comes out
    the same, whether or not the run was broken off before it. At most ``WINDOW`` faces a track are held.
    """

    def __init__(self, network: Network, card: WeightCard, *, largest_step_s: float = LARGEST_STEP_S) -> None:
        self._network = network
        self._template = np.array(card.template, np.float32)
        self._largest_step_s = largest_step_s
        self._stretches: dict[int, _Stretch] = {}
        self._read: Opinions = {}
        self.card = card

    def anew(self) -> SecondOpinion:
        """Return one for another part, with the same network."""
        return SecondOpinion(self._network, self.card, largest_step_s=self._largest_step_s)

    def add(self, sightings: Iterable[Sighting], observations: Iterable[Observation]) -> None:
        """Take the faces whose expression was read."""
        for sighting, item in zip(sightings, observations, strict=True):
            if item.probabilities is not None:
                face = self.aligned(sighting.frame.image_bgr, sighting.five_points)
                self.push(item.track_number, item.timestamp_s, face)

    def completed(self, observations: Sequence[Observation]) -> list[Observation]:
        """End the part: return its observations with the window that each is in as their basic emotions."""
        found = self.finish()
        keys = [(item.track_number, item.timestamp_s) for item in observations]
        return [
            replace(item, extras={**item.extras, ESTIMATE: found[key]}) if key in found else item
            for key, item in zip(keys, observations, strict=True)
        ]

    def aligned(self, image_bgr: ImageArray, landmarks: FloatArray) -> ImageArray:
        """Return the gray crop of one face with ``landmarks`` (5, 2), of the card's input size."""
        return align(image_bgr, landmarks, template=self._template, size=self.card.input_size)

    def push(self, track_number: int, timestamp_s: float, face: ImageArray) -> None:
        """Take the next aligned ``face`` (h, w) of a track, in order of time; a full window is read at once."""
        stretch = self._stretches.setdefault(track_number, _Stretch())
        if stretch.count and timestamp_s - stretch.last_s > self._largest_step_s:
            self._close(track_number)
            stretch = self._stretches.setdefault(track_number, _Stretch())
        stretch.faces = [*stretch.faces[1 - WINDOW :], face]
        stretch.waiting_s.append(timestamp_s)
        stretch.count, stretch.last_s = stretch.count + 1, timestamp_s
        if len(stretch.waiting_s) == WINDOW:
            self._look(track_number, stretch)

    def finish(self) -> Opinions:
        """End the part: return what was read in it, and forget all faces. A face seen less than a window has none."""
        for track_number in list(self._stretches):
            self._close(track_number)
        found, self._read = self._read, {}
        return found

    def _close(self, track_number: int) -> None:
        """Read the samples that wait in a window that reaches back to read ones, where there are enough."""
        stretch = self._stretches.pop(track_number)
        if stretch.waiting_s and stretch.count > WINDOW:
            self._look(track_number, stretch)

    def _look(self, track_number: int, stretch: _Stretch) -> None:
        window = np.stack(stretch.faces)[None]
        (probabilities,) = read_windows(self._network, window, self.card)
        self._read |= {(track_number, time_s): probabilities for time_s in stretch.waiting_s}
        stretch.waiting_s.clear()


def load_second_opinion(device: Device, *, sample_fps: float = 1.0) -> SecondOpinion:
    """Load the shipped CNN-LSTM for windows onto ``device``.

    Raises:
        WeightsError: its card or its weights are missing, or the weights are not the card's.
    """
    module, card = load_network(FAMILY)
    network = load_module(module, input_shape=(WINDOW, 2, *card.input_size), device=device)
    # One sample that is missing is no gap, however far apart the samples are.
    return SecondOpinion(network, card, largest_step_s=max(LARGEST_STEP_S, 2.5 / sample_fps))
