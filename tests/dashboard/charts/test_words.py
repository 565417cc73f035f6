"""Numbers as people read them."""

from __future__ import annotations

import pytest

from dashboard.charts import words
from dashboard.templatetags.lectern import whole


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (754.2, "12:34"), (3754, "1:02:34")])
def test_elapsed_time_has_no_leading_zero(seconds: float, text: str) -> None:
    assert words.elapsed(seconds) == text


@pytest.mark.parametrize(("value", "text"), [(58.4, "58"), (-0.3, "0"), (-11.6, "-12")])
def test_a_whole_number_is_never_minus_nothing(value: float, text: str) -> None:
    assert whole(value) == text


@pytest.mark.parametrize(("seconds", "text"), [(9, "9 s"), (130, "2 min 10 s"), (180, "3 min"), (3700, "61 min")])
def test_length_is_written_in_minutes(seconds: float, text: str) -> None:
    assert words.length(seconds) == text


def test_interval_without_bounds_is_the_value_alone() -> None:
    assert words.interval(58.4, None, None) == "58"
    assert words.interval(58.4, 50, 66.4) == "58 (50–66)"
