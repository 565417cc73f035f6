"""Addresses of WebSockets."""

from __future__ import annotations

from django.urls import URLPattern, path

from dashboard.consumers import RunConsumer

websocket_urlpatterns: list[URLPattern] = [path("ws/runs/<int:run_id>/", RunConsumer.as_asgi())]
