"""The steps of the set-up, in order; a step whose inputs did not change is skipped without a word."""

from __future__ import annotations

import argparse
import platform
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from setup import assets, browser, environment, messages, packages
from setup.console import SetupError, say
from setup.places import LOCK, NODE_MODULES, PYTHON, REQUIREMENTS, VENV
from setup.places import assets as assets_folder
from setup.stamps import fingerprint, is_current, leave

Inputs = Sequence[Path | str]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the set-up makes."""

    title: str
    make: Callable[[], None]
    inputs: Inputs
    stamp: Path
    results: Sequence[Path]

    def is_done(self) -> bool:
        """Say whether what the step makes is there, made from the present inputs."""
        return all(each.exists() for each in self.results) and is_current(self.stamp, fingerprint(self.inputs))


def steps() -> list[Step]:
    """Return every step with what it is made from."""
    place, stamps = f"{platform.machine()} {VENV}", VENV / "stamps"
    development: Inputs = [place, REQUIREMENTS / "dev.txt"]
    torch: Inputs = [place, REQUIREMENTS / "torch.txt", REQUIREMENTS / "torch-cpu.txt"]
    catalogs = messages.sources()
    return [
        Step("Python environment", environment.make, [place], stamps / "environment", [PYTHON]),
        Step("Python packages", packages.install, development, stamps / "packages", [PYTHON]),
        Step("torch", packages.install_torch, torch, stamps / "torch", [PYTHON]),
        Step("Browser packages", browser.install, [LOCK], NODE_MODULES / ".stamp", [NODE_MODULES]),
        Step("Weights and clips", assets.fetch, [assets.TABLE], assets_folder() / ".stamp", assets.targets()),
        Step("Translations", messages.compile_all, catalogs, stamps / "messages", messages.targets()),
    ]


def main(arguments: Sequence[str]) -> int:
    """Run what is due; return the exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m setup", description="Set Lectern up.")
    parser.add_argument("--chromium", action="store_true", help="also install Chromium for the browser tests")
    wanted = parser.parse_args(arguments)
    try:
        _run_due()
        if wanted.chromium:
            browser.install_chromium()
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again to go on from here.", file=sys.stderr)
        return 130
    return 0


def _run_due() -> None:
    due = [step for step in steps() if not step.is_done()]
    for number, step in enumerate(due, 1):
        began = time.monotonic()
        say(f"[{number}/{len(due)}] {step.title}")
        step.make()
        leave(step.stamp, fingerprint(step.inputs))
        say(f"      done in {time.monotonic() - began:.1f} s")
