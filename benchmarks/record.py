"""Keeps the measured figures: ``results.json`` for machines, one row a key in ``RESULTS.md`` for people."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
JSON_FILE = FOLDER / "results.json"
TABLE_FILE = FOLDER / "RESULTS.md"
TABLE_BEGIN, TABLE_END = "<!-- table -->", "<!-- end -->"


def record(
    figures: Mapping[str, tuple[float, str]], *, command: str, more: Mapping[str, Mapping[str, object]] | None = None
) -> None:
    """Merge ``figures`` (key -> value, unit) into both files, with date, commit and the command to repeat them.

    ``more`` holds what the JSON file keeps beside a value, by the same keys: the ends of its interval, how many.
    """
    stamp = {"date": dt.datetime.now(tz=dt.UTC).date().isoformat(), "commit": _commit(), "command": command}
    beside = more or {}
    merge(
        {key: {"value": value, "unit": unit, **beside.get(key, {}), **stamp} for key, (value, unit) in figures.items()}
    )


def merge(rows: Mapping[str, Mapping[str, object]]) -> None:
    """Merge ``rows`` (key -> value, unit, date, commit, command, and more that only the JSON file keeps) into both."""
    known: dict[str, Mapping[str, object]] = {}
    if JSON_FILE.exists():
        known = json.loads(JSON_FILE.read_text(encoding="utf-8"))
    known |= rows
    JSON_FILE.write_text(json.dumps(dict(sorted(known.items())), indent=2) + "\n", encoding="utf-8")
    _write_table(known)


def _write_table(known: Mapping[str, Mapping[str, object]]) -> None:
    rows = ["| figure | value | unit | date | commit | command |", "|---|---|---|---|---|---|"]
    rows += [
        f"| `{key}` | {row['value']} | {row['unit']} | {row['date']} | {row['commit']} | `{row['command']}` |"
        for key, row in sorted(known.items())
    ]
    text = (
        TABLE_FILE.read_text(encoding="utf-8") if TABLE_FILE.exists() else f"# Results\n\n{TABLE_BEGIN}\n{TABLE_END}\n"
    )
    head, tail = text.split(TABLE_BEGIN)[0], text.split(TABLE_END)[1]
    table = "\n".join([TABLE_BEGIN, *rows, TABLE_END])
    TABLE_FILE.write_text(f"{head}{table}{tail}", encoding="utf-8")


def _commit() -> str:
    found = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=FOLDER, capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or "unknown"
