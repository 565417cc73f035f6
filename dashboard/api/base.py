"""What all JSON views share."""

from __future__ import annotations

from rest_framework.views import APIView

from courses.models import User
from dashboard.api.errors import not_signed_in


class Api(APIView):
    """A JSON view for a user who is logged in. Strangers get 404 from `courses.access` and `inference.access`."""

    @property
    def user(self) -> User:
        """Return who asks."""
        if not isinstance(self.request.user, User):
            raise not_signed_in()
        return self.request.user
