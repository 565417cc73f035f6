"""Chunks under way: parts come out whole, in order, and nobody waits at a part's end."""

from __future__ import annotations

from concurrent.futures import Future

import numpy as np
import pytest

from inference.vision.flight import Flight, Progress, Work
from inference.vision.stages.track import Tracker
from inference.vision.steps import Step
from inference.vision.types import Frame, Observation, silent_hook


def work(index: int) -> Work:
    return Work(index, 60.0, 180.0, Tracker(), Progress(silent_hook, 180.0), None)


def chunk(time_s: float) -> list[Step]:
    return [Step(Frame(int(time_s), time_s, np.zeros((2, 2, 3), np.uint8)))]


def under_way() -> Future[list[Observation]]:
    return Future()


def test_the_next_part_begins_while_the_last_chunk_is_under_way() -> None:
    flight, first, second = Flight(), work(0), work(1)
    slow, next_one = under_way(), under_way()
    flight.add(first, chunk(59.0), slow)
    flight.close(first)
    flight.add(second, chunk(60.0), next_one)
    assert list(flight.landed(leave=2)) == []
    slow.set_result([])
    assert [part.index for part in flight.landed(leave=2)] == [0]
    assert list(flight.landed(leave=2)) == []


def test_no_more_chunks_are_under_way_than_allowed() -> None:
    flight, part = Flight(), work(0)
    futures = [under_way() for _ in range(3)]
    for future in futures:
        flight.add(part, chunk(1.0), future)
    futures[0].set_result([])
    assert list(flight.landed(leave=2)) == []
    futures[1].set_result([])
    futures[2].set_result([])
    flight.close(part)
    assert [found.index for found in flight.landed(leave=0)] == [0]


def test_a_part_without_a_frame_comes_out_in_its_place() -> None:
    flight, parts = Flight(), [work(0), work(1), work(2)]
    last = under_way()
    flight.add(parts[0], chunk(0.0), last)
    for part in parts:
        flight.close(part)
    last.set_result([])
    found = list(flight.landed(leave=0))
    assert [(part.index, part.start_s, part.end_s) for part in found] == [(0, 0, 60), (1, 60, 120), (2, 120, 180)]


def test_an_error_of_a_thread_reaches_the_run() -> None:
    flight, broken = Flight(), under_way()
    broken.set_exception(ValueError("no"))
    flight.add(work(0), chunk(0.0), broken)
    with pytest.raises(ValueError, match="no"):
        list(flight.landed(leave=0))
