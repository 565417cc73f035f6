"""A real clip's probabilities as estimated and smoothed, with the states below: what smoothing does, on one page."""

from __future__ import annotations

from pathlib import Path

from matplotlib.axes import Axes

from inference.vision.concentration import Values
from inference.vision.profiles import Profile
from inference.vision.smoothing import State, smoothed, states
from inference.vision.training.plot_style import DASHES, INK_2, colour_of, drawing

WIDTH_IN, HEIGHT_IN = 10.0, 3.6
BAR_BOTTOM, BAR_TOP = -0.18, -0.05


def draw(path: Path, times_s: Values, mixes: Values, *, labels: tuple[str, ...], profile: Profile) -> None:
    """Write the picture to ``path``."""
    levels = {"as estimated": mixes, "smoothed, and states": smoothed(times_s, mixes, profile=profile)}
    with drawing(path, width_in=WIDTH_IN, height_in=HEIGHT_IN, columns=2) as both:
        for axes, (title, values) in zip(both, levels.items(), strict=True):
            _lines(axes, times_s, values, labels, title)
        for state in states(times_s, mixes, labels, profile=profile):
            _bar(both[1], state, labels)
        both[0].legend(loc="lower center", ncols=3, fontsize=7.5)


def _lines(axes: Axes, times_s: Values, values: Values, labels: tuple[str, ...], title: str) -> None:
    for number, label in enumerate(labels):
        (line,) = axes.plot(times_s, values[:, number], label=label, color=colour_of(label, number), linewidth=1.2)
        line.set_linestyle(DASHES[number])  # type: ignore[arg-type]  # its stubs name four styles
    axes.set(title=title, xlabel="seconds", ylabel="probability", ylim=(-0.22, 1.02))
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])


def _bar(axes: Axes, state: State, labels: tuple[str, ...]) -> None:
    colour = colour_of(state.label, labels.index(state.label))
    axes.fill_between([state.start_s, state.end_s], BAR_BOTTOM, BAR_TOP, color=colour, alpha=0.35, linewidth=0)
    middle_s = (state.start_s + state.end_s) / 2
    axes.text(middle_s, (BAR_BOTTOM + BAR_TOP) / 2, state.label, ha="center", va="center", fontsize=8, color=INK_2)
