"""What can go wrong with an embedded service, in words that say what to do."""

from __future__ import annotations


class EmbeddedError(Exception):
    """An embedded service cannot be had; the message says why and what to do."""


class AlreadyRunningError(EmbeddedError):
    """Another process runs the services of this folder."""


class StartFailedError(EmbeddedError):
    """A program did not become ready."""
