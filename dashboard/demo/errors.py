"""What can go wrong in the demo."""

from __future__ import annotations


class DemoError(Exception):
    """What went wrong and what to do about it."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(f"{message} {remedy}".strip())
        self.message = message
        self.remedy = remedy
