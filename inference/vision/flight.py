"""Parts in the making: chunks of frames that several threads work on, and what becomes of them in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from inference.vision.stages.second_opinion import SecondOpinion
from inference.vision.stages.track import Tracker
from inference.vision.steps import EyesBetween, Step
from inference.vision.types import Frame, Hook, Observation, Part


class Progress:
    """Tells the hook how far each stage is, and keeps the times of the frames."""

    def __init__(self, hook: Hook, duration_s: float) -> None:
        self._hook, self._duration_s = hook, duration_s
        self.times: list[float] = []

    def decoded(self, frame: Frame) -> None:
        """Note a frame that was decoded."""
        self.times.append(frame.timestamp_s)
        self._hook("decode", frame.timestamp_s, self._duration_s)

    def searched(self, frame: Frame) -> None:
        """Note a frame whose faces were found and followed."""
        self._hook("faces", frame.timestamp_s, self._duration_s)

    def measured(self, chunk: Sequence[Step]) -> None:
        """Note that everything up to the end of ``chunk`` was measured."""
        self._hook("expression", chunk[-1].frame.timestamp_s, self._duration_s)


@dataclass(slots=True)
class Work:
    """A part in the making."""

    index: int
    part_s: float
    duration_s: float
    tracker: Tracker
    progress: Progress
    eyes: EyesBetween | None
    opinion: SecondOpinion | None = None
    observations: list[Observation] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=dict)

    @property
    def part(self) -> Part:
        """The part, once all of it was observed."""
        start_s, times = self.index * self.part_s, self.progress.times
        return Part(
            index=self.index,
            start_s=start_s,
            end_s=min(start_s + self.part_s, max([self.duration_s, start_s, *times[-1:]])),
            frame_times_s=np.array(times, np.float32),
            observations=tuple(self.opinion.completed(self.observations) if self.opinion else self.observations),
            tracker_state=self.state,
            eye_samples=tuple(self.eyes.samples) if self.eyes else (),
            first_sights=tuple(self.tracker.first_sights),
            taken=tuple(self.tracker.taken),
        )


class Flight:
    """Chunks that other threads work on, in order, and the ends of parts between them.

    The next part begins while the last chunks of the one before are still under way: nobody waits at a part's end.
    """

    def __init__(self) -> None:
        self._flying: deque[tuple[Work, Sequence[Step], Future[list[Observation]]]] = deque()
        self._ended: deque[Work] = deque()

    def add(self, work: Work, chunk: Sequence[Step], future: Future[list[Observation]]) -> None:
        """Take a chunk of the part ``work`` that other threads work on."""
        self._flying.append((work, chunk, future))

    def close(self, work: Work) -> dict[str, Any]:
        """Note that all chunks of the part are under way; return the state that it leaves to the next one."""
        self._ended.append(work)
        work.state = work.tracker.state
        return work.state

    def landed(self, *, leave: int) -> Iterator[Part]:
        """Wait until no more than ``leave`` chunks are under way; yield the parts that became whole."""
        while self._flying and (len(self._flying) > leave or self._flying[0][2].done()):
            work, chunk, future = self._flying.popleft()
            work.observations += future.result()
            work.progress.measured(chunk)
            yield from self._whole()
        yield from self._whole()

    def _whole(self) -> Iterator[Part]:
        while self._ended and not any(work is self._ended[0] for work, _, _ in self._flying):
            yield self._ended.popleft().part
