"""Joins what the papers print with what was measured: one row a figure, three columns, and never a copied value."""

from __future__ import annotations

from dataclasses import dataclass

from inference.vision.bench.published import PublishedRow, PublishedTable, published_tables
from inference.vision.bench.record import PAPER, PROTOCOLS, SUBJECT, Figure, Measured, Protocol, read_measured
from inference.vision.bench.words import interval_words, value_words

BEYOND = "beyond"


@dataclass(frozen=True, slots=True)
class Shown:
    """A measured figure: ``value``, ``low`` and ``high`` as recorded, shown in the ``unit`` of its row.

    ``n`` images or pairs were counted, None where nothing is.
    """

    key: str
    unit: str
    value: float
    low: float | None
    high: float | None
    n: int | None
    date: str
    commit: str
    command: str

    @property
    def words(self) -> str:
        """Return the value as the row writes it."""
        return value_words(self.value, self.unit)

    @property
    def interval(self) -> str:
        """Return the 95 % interval as the row writes it, "" where there is none."""
        return interval_words(self.low, self.high, self.unit)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: as ``printed``, with the paper's protocol, and with nobody on both sides of the split.

    ``number`` is the printed figure where it is one: a share under "%" is 0..1, as measured ones are.
    """

    figure: str
    printed: str
    unit: str
    number: float | None
    paper: Shown | None
    subject: Shown | None
    doubt: str

    @property
    def published(self) -> str:
        """Return the printed figure with its unit, "" where no paper has it."""
        return f"{self.printed} %" if self.unit == "%" and self.number is not None else self.printed

    @property
    def measured(self) -> tuple[Shown, ...]:
        """Return what was measured for this figure."""
        return tuple(shown for shown in (self.paper, self.subject) if shown)

    @property
    def runs(self) -> tuple[Shown, ...]:
        """Return one figure of each run that measured this row: by command, date and commit."""
        return tuple({(shown.command, shown.date, shown.commit): shown for shown in self.measured}.values())


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a paper beside what was measured here."""

    name: str
    paper: str
    place: str
    title: str
    note: str
    rows: tuple[Row, ...]

    @property
    def source(self) -> str:
        """Return paper and place in one line."""
        return ", ".join(part for part in (self.paper, self.place) if part)

    @property
    def measured_count(self) -> int:
        """Return how many of the figures were measured by either protocol."""
        return sum(bool(row.measured) for row in self.rows)


def bench_tables(measured: Measured | None = None) -> tuple[Table, ...]:
    """Return every table of the papers, then what was measured beyond them; from ``measured.json`` unless given."""
    known = read_measured() if measured is None else measured
    published = published_tables()
    tables = [_joined(table, known) for table in published]
    return (*tables, _beyond(published, known))


def _joined(table: PublishedTable, known: Measured) -> Table:
    rows = tuple(_row_of(row, known) for row in table.rows)
    return Table(table.name, table.paper, table.place, table.title, table.note, rows)


def _row_of(row: PublishedRow, known: Measured) -> Row:
    number = round(row.number / 100, 6) if row.number is not None and row.unit == "%" else row.number
    columns = (_shown(row.paper, PAPER, row.unit, known), _shown(row.subject, SUBJECT, row.unit, known))
    return Row(row.figure, row.printed, row.unit, number, *columns, row.doubt)


def _shown(key: str, protocol: Protocol, unit: str, known: Measured) -> Shown | None:
    """Return the figure only if it was measured with this very protocol."""
    figure = known.get(key, {}).get(protocol)
    return _as_shown(key, figure, unit) if figure else None


def _as_shown(key: str, figure: Figure, unit: str) -> Shown:
    facts = {name: figure[name] for name in ("value", "low", "high", "n", "date", "commit", "command")}
    return Shown(key=key, unit=unit, **facts)


def _beyond(published: tuple[PublishedTable, ...], known: Measured) -> Table:
    """Return what was measured but is in no paper, so that no measured figure stays unseen."""
    asked = {place for table in published for row in table.rows for place in _places_of(row)}
    rows = []
    for key, figures in sorted(known.items()):
        rest = {name: figure for name, figure in figures.items() if (key, name) not in asked}
        if rest:
            unit = _unit_of(next(iter(rest.values())))
            paper, subject = (_as_shown(key, rest[name], unit) if name in rest else None for name in PROTOCOLS)
            rows.append(Row(key.removeprefix("model."), "", unit, None, paper, subject, ""))
    return Table(BEYOND, "", "", "Measured beyond the papers", "", tuple(rows))


def _places_of(row: PublishedRow) -> tuple[tuple[str, str], ...]:
    return (row.paper, PAPER), (row.subject, SUBJECT)


def _unit_of(figure: Figure) -> str:
    return "%" if figure["unit"] == "share" else str(figure["unit"])
