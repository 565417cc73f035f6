from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.blocks import HALF_COLUMNS, HEADER, BlockError, block_of, pack, unpack
from inference.vision.types import Observation

degrees = st.floats(-90, 90, width=16)
openness = st.one_of(st.floats(0, 2, width=16), st.just(float("nan")))
unit = st.floats(0, 1, width=16)


@st.composite
def observations(draw: st.DrawFn) -> Observation:
    probabilities = draw(st.none() | st.lists(unit, min_size=6, max_size=6))
    return Observation(
        track_number=1,
        timestamp_s=draw(st.floats(0, 14_400, width=32)),
        bbox_xyxy=np.array(draw(st.lists(st.integers(-50, 4000), min_size=4, max_size=4)), np.float32),
        score=draw(unit),
        probabilities=None if probabilities is None else np.array(probabilities, np.float32),
        yaw_deg=draw(degrees),
        pitch_deg=draw(degrees),
        roll_deg=draw(degrees),
        eye_openness=draw(openness),
        mouth_openness=draw(openness),
        quality=draw(unit),
    )


@given(st.lists(observations(), max_size=20))
def test_what_is_packed_is_unpacked(items: list[Observation]) -> None:
    block = unpack(pack(block_of(items, n_labels=6)))
    assert block.times_s.tolist() == [item.timestamp_s for item in items]
    np.testing.assert_array_equal(block.boxes_px, np.array([item.bbox_xyxy for item in items]).reshape(-1, 4))
    for name in HALF_COLUMNS:
        np.testing.assert_array_equal(block.column(name), [getattr(item, name) for item in items])
    for row, item in zip(block.probabilities, items, strict=True):
        np.testing.assert_array_equal(row, np.full(6, np.nan) if item.probabilities is None else item.probabilities)


@given(st.lists(observations(), min_size=1, max_size=5), st.data())
def test_a_short_or_long_block_is_refused(items: list[Observation], data: st.DataObject) -> None:
    packed = pack(block_of(items, n_labels=6))
    length = data.draw(st.integers(0, len(packed) - 1))
    with pytest.raises(BlockError, match="damaged"):
        unpack(packed[:length])
    with pytest.raises(BlockError, match="damaged"):
        unpack(packed + b"x")


def test_another_schema_is_refused_by_its_number() -> None:
    with pytest.raises(BlockError, match="schema 9"):
        unpack(HEADER.pack(9, 6, 0))


def test_blocks_without_a_network_hold_no_probabilities() -> None:
    assert unpack(pack(block_of([], n_labels=0))).probabilities.shape == (0, 0)


def test_an_observation_takes_at_most_38_bytes() -> None:
    item = Observation(1, 0.0, np.zeros(4, np.float32), 1, np.zeros(6, np.float32), 0, 0, 0, 0, 0, 1)
    assert len(pack(block_of([item] * 60, n_labels=6))) == HEADER.size + 60 * 38
