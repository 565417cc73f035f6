from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.layers import channel_layers
from channels.routing import URLRouter
from django.contrib.auth.models import AnonymousUser
from django.db import connections

from courses.models import Lecture, Mode, User
from dashboard.routing import websocket_urlpatterns
from inference.models import AnalysisRun
from inference.progress import publish
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
async def no_connection_outlives_a_test() -> AsyncIterator[None]:
    """Each test has an event loop of its own, which the channel layer and the database thread must not outlive."""
    yield
    channel_layers.backends.clear()
    await sync_to_async(connections.close_all)()


@pytest.fixture
def run(lecture: Lecture, policy: object) -> AnalysisRun:
    made: AnalysisRun = factories.AnalysisRunFactory(recording__lecture=lecture, policy=policy)
    return made


class Socket(ApplicationCommunicator):
    """A browser's end of the WebSocket."""

    def __init__(self, user: object, run_id: int) -> None:
        path = f"/ws/runs/{run_id}/"
        scope = {
            "type": "websocket",
            "path": path,
            "headers": [],
            "query_string": b"",
            "subprotocols": [],
            "user": user,
        }
        super().__init__(URLRouter(websocket_urlpatterns), scope)

    async def connect(self) -> None:
        await self.send_input({"type": "websocket.connect"})
        assert (await self.receive_output(5))["type"] == "websocket.accept"

    async def receive_json(self) -> Any:
        return json.loads((await self.receive_output(5))["text"])

    async def leave(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait()


async def closed_with(user: object, run_id: int) -> Any:
    socket = Socket(user, run_id)
    await socket.connect()
    answer = await socket.receive_output(5)
    await socket.leave()
    return answer["type"], answer.get("code")


async def test_a_teacher_gets_how_the_run_stands_and_then_each_change(alice: User, run: AnalysisRun) -> None:
    socket = Socket(alice, run.pk)
    await socket.connect()
    first = await socket.receive_json()
    assert (first["type"], first["id"], first["state"], first["queue_position"]) == ("run", run.pk, "pending", 0)
    assert [stage["state"] for stage in first["stages"]] == ["waiting"] * 3
    assert first["error"] is None
    run.state, run.stage, run.progress = AnalysisRun.State.STARTED, "faces", 0.42
    await sync_to_async(publish)(run)
    second = await socket.receive_json()
    assert (second["state"], second["progress"]) == ("started", 0.42)
    assert [stage["state"] for stage in second["stages"]] == ["done", "active", "waiting"]
    await socket.leave()


async def test_a_stranger_is_closed_with_4404(charlie: User, run: AnalysisRun) -> None:
    assert await closed_with(charlie, run.pk) == ("websocket.close", 4404)


async def test_somebody_not_logged_in_is_closed_with_4404(run: AnalysisRun) -> None:
    assert await closed_with(AnonymousUser(), run.pk) == ("websocket.close", 4404)


async def test_a_run_that_does_not_exist_is_closed_with_4404(alice: User, run: AnalysisRun) -> None:
    assert await closed_with(alice, run.pk + 1) == ("websocket.close", 4404)


async def test_a_policy_that_says_no_closes_with_4451(alice: User, run: AnalysisRun) -> None:
    await sync_to_async(factories.policy)(run.institution, Mode.OBSERVABLE)
    assert await closed_with(alice, run.pk) == ("websocket.close", 4451)


async def test_what_a_client_sends_is_ignored(alice: User, run: AnalysisRun) -> None:
    socket = Socket(alice, run.pk)
    await socket.connect()
    await socket.receive_json()
    await socket.send_input({"type": "websocket.receive", "text": "this is no JSON"})
    assert await socket.receive_nothing()
    await socket.leave()


@pytest.mark.slow
async def test_an_idle_socket_lives_longer_than_15_seconds(alice: User, run: AnalysisRun) -> None:
    """redis-py gives sockets a read timeout of five seconds unless it is told otherwise."""
    socket = Socket(alice, run.pk)
    await socket.connect()
    await socket.receive_json()
    await asyncio.sleep(15.5)
    await sync_to_async(publish)(run)
    assert (await socket.receive_json())["id"] == run.pk
    await socket.leave()
