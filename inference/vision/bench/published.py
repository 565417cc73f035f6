"""Reads ``published.toml``: every results table of the five papers, as printed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PUBLISHED_FILE = Path(__file__).with_name("published.toml")


class PublishedError(ValueError):
    """``published.toml`` is not of the form that its head describes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRow:
    """One figure, ``printed`` as the paper writes it, "" where no paper has it.

    ``paper`` and ``subject`` are the keys of its measured counterparts, "" where none can be; ``doubt`` is a sentence
    where the printed figure cannot be right.
    """

    figure: str
    unit: str
    printed: str = ""
    doubt: str = ""
    paper: str = ""
    subject: str = ""

    @property
    def number(self) -> float | None:
        """Return the printed figure as a number, None where it is printed in words."""
        try:
            return float(self.printed.removesuffix("B"))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedTable:
    """One table of one paper; ``place`` is where it stands there, ``note`` concerns all of its rows."""

    name: str
    title: str
    rows: tuple[PublishedRow, ...]
    paper: str = ""
    place: str = ""
    note: str = ""


def published_tables(path: Path = PUBLISHED_FILE) -> tuple[PublishedTable, ...]:
    """Return the tables in the order of the papers.

    Raises:
        PublishedError: the file is no TOML, or a table or row lacks a field or has one that is not known.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))["table"]
        return tuple(_table_of(facts) for facts in tables)
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise PublishedError(
            f"{path.name} cannot be read: {error}. Its head says what a table and a row hold."
        ) from error


def _table_of(facts: Mapping[str, Any]) -> PublishedTable:
    unit, rows = facts["unit"], facts["rows"]
    own = {name: value for name, value in facts.items() if name not in {"unit", "rows"}}
    return PublishedTable(**own, rows=tuple(PublishedRow(**({"unit": unit} | row)) for row in rows))
