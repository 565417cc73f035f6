"""Admin pages that end at the institution's wall."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest

from courses.models import Institution, User

# Django's own classes take type arguments for the type checker alone.
if TYPE_CHECKING:
    AnyAdmin = admin.ModelAdmin[Any]
    AnyPage = BaseModelAdmin[Any]
else:
    AnyAdmin = admin.ModelAdmin
    AnyPage = object


class BehindTheWall(AnyPage):
    """Permissions and choices of whatever shows rows of one institution.

    Administrators need no Django permissions: their role is one. A teacher has no place here.
    """

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let operators and administrators look."""
        return is_administrator(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let operators and administrators add."""
        return is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let operators and administrators change what they see."""
        return is_administrator(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let operators and administrators delete what they see."""
        return is_administrator(request)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer only rows behind the wall."""
        kwargs["queryset"] = choices_for(db_field.related_model, request)
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.name == "institution" and not request.user.is_superuser:
            # Without one a row would stand outside every wall.
            field.required, field.empty_label = True, None
        return field

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer only rows behind the wall."""
        kwargs["queryset"] = choices_for(db_field.related_model, request)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class ScopedAdmin(BehindTheWall, AnyAdmin):
    """Operators see every row; an institution's administrators see and choose from its rows alone."""

    institution_path = "institution"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows behind the user's wall."""
        return within_wall(super().get_queryset(request), request, self.institution_path)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the application to operators and administrators."""
        return is_administrator(request)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Count what goes with the rows, but do not list it: the list would name people."""
        _listed, counts, missing, protected = super().get_deleted_objects(objs, request)
        return [str(row) for row in objs], counts, missing, protected


class ReadOnlyAdmin(ScopedAdmin):
    """Rows that the product writes: they can be looked at and deleted, never made or edited by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody edits by hand."""
        return False


def is_administrator(request: HttpRequest) -> bool:
    """Say whether the user runs the installation, or administers an institution."""
    user = request.user
    if not isinstance(user, User) or not (user.is_active and user.is_staff):
        return False
    return user.is_superuser or (user.role == User.Role.ADMIN and user.institution_id is not None)


def within_wall(rows: QuerySet[Any], request: HttpRequest, path: str) -> QuerySet[Any]:
    """Return the rows of the user's institution; all of them for an operator."""
    user = request.user
    if not isinstance(user, User) or user.institution_id is None:
        return rows if user.is_superuser else rows.none()
    return rows if user.is_superuser else rows.filter(**{path: user.institution_id})


def choices_for(model: type[models.Model], request: HttpRequest) -> QuerySet[Any]:
    """Return what a form may offer of `model`."""
    rows = model._default_manager.all()
    if model is Institution:
        return within_wall(rows, request, "pk")
    has_wall = any(field.name == "institution" for field in model._meta.fields)
    return within_wall(rows, request, "institution") if has_wall else rows
