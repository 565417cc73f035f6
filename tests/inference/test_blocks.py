from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.blocks import HALF_COLUMNS, HEADER, HEADERS, BlockError, block_of, pack, unpack
from inference.vision.types import EXTRAS, REJECTIONS, EyeSample, Observation

degrees = st.floats(-90, 90, width=16)
openness = st.one_of(st.floats(0, 2, width=16), st.just(float("nan")))
unit = st.floats(0, 1, width=16)


def shares(width: int) -> st.SearchStrategy[list[float]]:
    return st.lists(unit, min_size=width, max_size=width)


@st.composite
def observations(draw: st.DrawFn, chosen: tuple[str, ...] = ()) -> Observation:
    probabilities = draw(st.none() | shares(6))
    extras = {name: draw(st.none() | shares(width)) for name, width in (("valence", 3), ("basic", 7)) if name in chosen}
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
        extras={name: np.array(row, np.float32) for name, row in extras.items() if row is not None},
        eye_left_openness=draw(openness),
        eye_right_openness=draw(openness),
        pose_confidence=draw(unit),
        rejection=draw(st.sampled_from(REJECTIONS)),
        iris_x=draw(openness),
        iris_y=draw(openness),
    )


eye_samples = st.builds(
    EyeSample, st.just(1), st.floats(0, 14_400, width=32), left_closed=openness, right_closed=openness
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


@pytest.mark.parametrize("chosen", [("valence",), ("basic",), ("valence", "basic")])
@given(data=st.data())
def test_extra_estimates_come_back_as_they_were_packed(chosen: tuple[str, ...], data: st.DataObject) -> None:
    items = data.draw(st.lists(observations(chosen), max_size=8))
    block = unpack(pack(block_of(items, n_labels=6)))
    present = {name for name in chosen if any(name in item.extras for item in items)}
    assert set(block.extras) == present
    for name in present:
        width = block.extras[name].shape[1]
        expected = [item.extras.get(name, np.full(width, np.nan)) for item in items]
        np.testing.assert_array_equal(block.extras[name], expected)


@given(st.lists(observations(), max_size=3), st.lists(eye_samples, max_size=40))
def test_eye_samples_come_back_as_they_were_packed(items: list[Observation], eyes: list[EyeSample]) -> None:
    block = unpack(pack(block_of(items, eyes, n_labels=6)))
    assert block.eye_times_s.tolist() == [sample.timestamp_s for sample in eyes]
    expected = np.array([(sample.left_closed, sample.right_closed) for sample in eyes]).reshape(-1, 2)
    np.testing.assert_array_equal(block.eyes_closed, expected)


@pytest.mark.parametrize("schema", [1, 2])
@given(st.lists(observations(("valence", "basic")), max_size=8))
def test_blocks_of_older_schemas_are_still_read(schema: int, items: list[Observation]) -> None:
    new = block_of(items, n_labels=6)
    estimates = [new.probabilities, *(new.extras.get(name, np.empty((len(items), 0))) for name in EXTRAS)][
        : 2 * schema - 1
    ]
    header = HEADERS[schema].pack(schema, *(values.shape[1] for values in estimates), len(items))
    columns: list[npt.NDArray[Any]] = [
        new.times_s,
        new.boxes_px,
        new.columns[:7],
        *(values.astype("<f2") for values in estimates),
    ]
    old = unpack(header + b"".join(column.tobytes() for column in columns))
    np.testing.assert_array_equal(old.times_s, new.times_s)
    np.testing.assert_array_equal(old.columns[:7], new.columns[:7])
    assert np.isnan(old.columns[7:]).all()
    np.testing.assert_array_equal(old.probabilities, new.probabilities)
    assert set(old.extras) == (set(new.extras) if schema == 2 else set())
    assert len(old.eye_times_s) == len(old.eyes_closed) == 0


@given(st.lists(observations(("valence", "basic")), min_size=1, max_size=5), st.data())
def test_a_short_or_long_block_is_refused(items: list[Observation], data: st.DataObject) -> None:
    packed = pack(block_of(items, n_labels=6))
    length = data.draw(st.integers(0, len(packed) - 1))
    with pytest.raises(BlockError, match="damaged"):
        unpack(packed[:length])
    with pytest.raises(BlockError, match="damaged"):
        unpack(packed + b"x")


def test_another_schema_is_refused_by_its_number() -> None:
    with pytest.raises(BlockError, match="schema 9"):
        unpack(HEADER.pack(9, 6, 0, 0, 0, 0))


def test_blocks_without_a_network_hold_no_probabilities() -> None:
    assert unpack(pack(block_of([], n_labels=0))).probabilities.shape == (0, 0)


def test_an_observation_takes_at_most_50_bytes() -> None:
    item = Observation(1, 0.0, np.zeros(4, np.float32), 1, np.zeros(6, np.float32), 0, 0, 0, 0, 0, 1)
    assert len(pack(block_of([item] * 60, n_labels=6))) == HEADER.size + 60 * 50
