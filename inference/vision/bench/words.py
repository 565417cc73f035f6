"""Writes measured figures the way the papers write theirs."""

from __future__ import annotations

NOT_MEASURED = "–"


def value_words(value: float, unit: str) -> str:
    """Write ``value`` for a column in ``unit``: a share as per cent under "%", as it is under "share"."""
    if unit == "%":
        return f"{_percent(value)} %"
    if unit == "billion":
        return f"{value:.2f}B"
    if unit == "share":
        return f"{value:.2f}"
    text = f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
    return text if unit in {"", "parameters", "images"} else f"{text} {unit}"


def interval_words(low: float | None, high: float | None, unit: str) -> str:
    """Write a 95 % interval without its unit; "" where there is none."""
    if low is None or high is None:
        return ""
    if unit == "%":
        return f"{_percent(low)}–{_percent(high)}"
    return f"{value_words(low, unit)}–{value_words(high, unit)}"


def _percent(share: float) -> str:
    return f"{100 * share:.2f}"
