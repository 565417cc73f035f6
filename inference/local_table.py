"""A local result for people: a table of everyone seen, and the class in one line."""

from __future__ import annotations

from math import isfinite

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich.console import Group
from rich.table import Table
from rich.text import Text

from inference.local import LocalResult, listed
from inference.vision.aggregate import ScoreTable
from inference.vision.concentration import Values

NAMES = {"valence": gettext_lazy("Expression valence"), "basic": gettext_lazy("Basic emotions")}


def as_table(result: LocalResult) -> Group:
    """Return what the command prints."""
    rows = listed(result)
    if not rows:
        return Group(Text(_("No face was seen in this recording, so there are no values.")), _caution())
    table = Table(title=_("Seen in the recording"))
    headings = (_("Person"), _("Coverage"), _("Concentration"), _("95 % interval"), _("Expression patterns"))
    for heading in (*headings, *(NAMES[name] for name in result.extra_labels)):
        table.add_column(str(heading))
    for row in rows:
        table.add_row(
            _("Person %(number)d") % {"number": result.numbers[row]}, *_cells(result, result.whole.people, row)
        )
    table.add_section()
    table.add_row(_("Class"), *_cells(result, result.whole.group, 0))
    return Group(table, _summary(result), _caution())


def _cells(result: LocalResult, table: ScoreTable, row: int) -> list[str]:
    return [
        f"{table.coverage[row, 0]:.0%}",
        _value(table.concentration[row, 0]),
        _interval(table.low[row, 0], table.high[row, 0]),
        _mix(result.labels, table.mix[row, 0]),
        *(_mix(labels, table.extras[name][row, 0]) for name, labels in result.extra_labels.items()),
    ]


def _value(value: float) -> str:
    return f"{value:.0f}" if isfinite(value) else _("too little seen")


def _interval(low: float, high: float) -> str:
    return f"{low:.0f} – {high:.0f}" if isfinite(low) and isfinite(high) else "–"


def _mix(labels: tuple[str, ...], values: Values) -> str:
    shares = [(share, label) for label, share in zip(labels, values, strict=True) if isfinite(share)]
    return ", ".join(f"{label} {share:.0%}" for share, label in sorted(shares, reverse=True)[:3]) or "–"


def _summary(result: LocalResult) -> Text:
    values = result.segments.group.concentration[0]
    with_value = [(value, span) for value, span in zip(values, result.segments.spans, strict=True) if isfinite(value)]
    if not with_value:
        return Text(_("No stretch of the recording shows enough of anyone for a value."))
    value, (start_s, end_s) = min(with_value, key=lambda item: item[0])
    facts = {"start": _clock(start_s), "end": _clock(end_s), "value": f"{value:.0f}"}
    return Text(_("The class's lowest stretch is %(start)s to %(end)s with %(value)s.") % facts)


def _caution() -> Text:
    return Text(
        _("A value says what a face pattern appears to show. It is not a grade, and says nothing about ability."),
        style="italic",
    )


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
