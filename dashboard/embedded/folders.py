"""Lets a process of another account use a folder that lies inside a folder closed to it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from dashboard.embedded.account import Account


@dataclass(frozen=True, slots=True)
class LentFolder:
    """A folder under the name by which the child knows it, and the descriptor to hand over."""

    name: str
    descriptors: tuple[int, ...]


def lend(folder: Path, account: Account | None) -> LentFolder:
    """Return how a process of `account` may name `folder`.

    As root the data may lie below a folder that only root can enter, such as root's home. Opening that home to others
    would be wrong, and so would keeping the data elsewhere. Linux follows `/proc/self/fd/N` straight to the folder,
    so the child gets exactly this folder and nothing above it.
    """
    if account is None or not hasattr(os, "O_PATH"):
        return LentFolder(name=str(folder), descriptors=())
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    return LentFolder(name=f"/proc/self/fd/{descriptor}", descriptors=(descriptor,))


def take_back(*lent: LentFolder) -> None:
    """Close the descriptors of lent folders."""
    for folder in lent:
        for descriptor in folder.descriptors:
            os.close(descriptor)
