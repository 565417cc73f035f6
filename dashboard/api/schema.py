"""How views are described in the OpenAPI document (GET /api/schema/)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema

from dashboard.api.serializers import ErrorSerializer

EVERYWHERE = (401, 404)
ON_WRITES = (400, 403, 415)


def answers(name: str, success: Any, *, status: int = 200, also: tuple[int, ...] = ()) -> Callable[[Any], Any]:
    """Describe a read: what it gives, and how it can refuse."""
    refusals = dict.fromkeys((*EVERYWHERE, *also), ErrorSerializer)
    return extend_schema(operation_id=name, responses={status: success, **refusals})


def takes(
    name: str, request: Any, success: Any, *, status: int = 200, also: tuple[int, ...] = ()
) -> Callable[[Any], Any]:
    """Describe a write."""
    refusals = dict.fromkeys((*EVERYWHERE, *ON_WRITES, *also), ErrorSerializer)
    return extend_schema(operation_id=name, request=request, responses={status: success, **refusals})
