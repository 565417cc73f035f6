"""The WebSocket of a run: how it stands on connecting, then each change."""

from __future__ import annotations

from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.http import Http404

from courses.policy import PolicyDenied
from inference.access import get_run_for
from inference.progress import group_name
from inference.purposes import require_all
from inference.selectors import RunMessage, run_progress

# Close codes of our own, in the range that the standard leaves to applications; the page does not reconnect on them.
NOT_FOUND = 4404
UNAVAILABLE_FOR_LEGAL_REASONS = 4451


class RunConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]  # Channels has no annotations
    """Sends RunMessage to a teacher of the run's course, and to nobody else. Listens to nothing."""

    group = ""

    async def connect(self) -> None:
        """Join the run's group, then send how it stands: nothing between the two is missed."""
        await self.accept()
        run_id = int(self.scope["url_route"]["kwargs"]["run_id"])
        try:
            await database_sync_to_async(_snapshot)(self.scope["user"], run_id)
        except Http404:
            await self.close(code=NOT_FOUND)
        except PolicyDenied:
            await self.close(code=UNAVAILABLE_FOR_LEGAL_REASONS)
        else:
            await self._join(run_id)

    async def disconnect(self, code: int) -> None:
        """Leave the group."""
        if self.group:
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, *_args: Any, **_kwargs: Any) -> None:
        """Ignore what a client sends: cancel and retry go through the API."""

    async def run_progress(self, event: dict[str, Any]) -> None:
        """Pass a change on."""
        await self.send_json(event["message"])

    async def _join(self, run_id: int) -> None:
        self.group = group_name(run_id)
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.send_json(await database_sync_to_async(_snapshot)(self.scope["user"], run_id))


def _snapshot(user: Any, run_id: int) -> RunMessage:
    """Return how the run stands.

    Raises:
        Http404: there is no such run for this user.
        PolicyDenied: the policy does not allow what the run computes.
    """
    if not user.is_authenticated:
        raise Http404
    run = get_run_for(user, run_id)
    require_all(run)
    return run_progress(run)
