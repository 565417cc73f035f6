"""Keeps measured figures in ``measured.json``: one writer at a time, and never half a file."""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import math
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypeAlias

MEASURED_FILE = Path(__file__).with_name("measured.json")
PAPER: Literal["paper"] = "paper"
SUBJECT: Literal["subject"] = "subject"
PROTOCOLS = (PAPER, SUBJECT)
SHARES = ("accuracy", "macro_f1", "f1", "precision", "recall", "auc", "ece", "tar", "far", "eer", "share")
UNITS = {"parameters": "parameters", "gmacs": "GMAC", "mb": "MB", "ms": "ms", "seconds": "s"}

Protocol: TypeAlias = Literal["paper", "subject"]
Figure: TypeAlias = Mapping[str, Any]
Measured: TypeAlias = Mapping[str, Mapping[str, Figure]]


class RecordError(ValueError):
    """A figure cannot be kept as it was given."""


def record_figure(
    key: str,
    value: float,
    *,
    low: float | None = None,
    high: float | None = None,
    n: int | None = None,
    command: str,
    protocol: Protocol,
    path: Path | None = None,
) -> None:
    """Merge one measured figure into ``measured.json``, with the date and the commit.

    A later call with the same key and protocol replaces the figure. Processes may call at the same time.

    Args:
        key: ``model.<family>.<data>.<metric>``, such as ``model.drsn.learning.macro_f1``.
        value: a share in 0..1 for accuracy, F1 and their kind; else in the unit of the metric's name.
        low: lower end of the 95 % interval, in the same unit.
        high: its upper end.
        n: how many images, pairs or clips were counted.
        command: what repeats the measurement, without absolute paths.
        protocol: ``paper`` as the paper did it, ``subject`` with nobody on both sides of the split.
        path: another file than the package's.

    Raises:
        RecordError: the key, the value, the interval, the command or the protocol is not of this form.
    """
    _check(key, (value, low, high), command=command, protocol=protocol)
    figure: dict[str, Any] = {
        "value": _plain(value),
        "low": _plain(low),
        "high": _plain(high),
        "n": None if n is None else int(n),
        "unit": unit_of(key),
        "date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "commit": _commit(),
        "command": command,
    }
    target = path or MEASURED_FILE
    with _alone(target.parent):
        known = {name: dict(rows) for name, rows in read_measured(target).items()}
        known.setdefault(key, {})[protocol] = figure
        _replace(target, json.dumps(dict(sorted(known.items())), indent=2) + "\n")


def read_measured(path: Path | None = None) -> Measured:
    """Return key -> protocol -> figure; nothing where no figure was measured yet."""
    target = path or MEASURED_FILE
    if not target.exists():
        return {}
    known: Measured = json.loads(target.read_text(encoding="utf-8"))
    return known


def unit_of(key: str) -> str:
    """Return the unit of the metric that ``key`` names: "share" for 0..1 and differences of it, "" if none is told."""
    metric = key.rpartition(".")[2]
    if any(metric == share or metric.startswith(f"{share}_") or metric.endswith(f"_{share}") for share in SHARES):
        return "share"
    return next((unit for name, unit in UNITS.items() if metric == name or metric.endswith(f"_{name}")), "")


def _check(key: str, values: tuple[float | None, ...], *, command: str, protocol: str) -> None:
    if key.count(".") != 3 or not key.startswith("model.") or " " in key:
        raise RecordError(f"{key!r} is no key of a figure: write model.<family>.<data>.<metric>, with three dots.")
    if protocol not in PROTOCOLS:
        raise RecordError(f"{key}: {protocol!r} is no protocol; write paper or subject.")
    given = [float(value) for value in values if value is not None]
    if not all(math.isfinite(value) for value in given):
        raise RecordError(f"{key}: {given} is not finite; leave the figure out instead.")
    if unit_of(key) == "share" and any(abs(value) > 1 for value in given):
        raise RecordError(f"{key}: {given} is not a share; divide per cent by 100.")
    if " /" in command or not command.strip():
        raise RecordError(f"{key}: {command!r} does not repeat on another computer; give it without absolute paths.")


def _plain(value: float | None) -> float | int | None:
    if value is None or isinstance(value, int):
        return value
    rounded = round(float(value), 6)
    return int(rounded) if rounded.is_integer() and abs(rounded) > 1 else rounded


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the lock of ``folder``: the folder itself is locked, so no lock file stays behind."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _replace(target: Path, text: str) -> None:
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(target)


def _commit() -> str:
    found = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=MEASURED_FILE.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip() or "unknown"
