"""Models: what ships, and every results table of the papers beside what was measured. For administrators."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from courses.scoped_admin import is_administrator
from inference.vision.bench.cards import shipped_cards
from inference.vision.bench.tables import bench_tables


@require_safe
@login_required
def model_list(request: HttpRequest) -> HttpResponse:
    """Show the cards of the networks that ship and the bench; 404 to whoever administers nothing."""
    if not is_administrator(request):
        raise Http404
    context = {"cards": shipped_cards(), "tables": [table for table in bench_tables() if table.rows]}
    return render(request, "dashboard/pages/models.html", context)
