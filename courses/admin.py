"""Django's admin for courses: everything for operators, one institution's rows for its administrators."""

from __future__ import annotations

from typing import Any, NoReturn

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from courses.models import (
    Course,
    DeploymentPolicy,
    Enrollment,
    Institution,
    Lecture,
    Permission,
    Recording,
    ReferencePhoto,
    Segment,
    Student,
    Upload,
    User,
)
from courses.scoped_admin import BehindTheWall, ReadOnlyAdmin, ScopedAdmin, is_administrator
from courses.services.policy import policy_sign

admin.site.site_header = admin.site.site_title = _("Lectern administration")


@admin.register(Institution)
class InstitutionAdmin(ScopedAdmin):
    """Institutions; an administrator sees and names their own."""

    institution_path = "pk"
    list_display = ("name", "time_zone", "created_at")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only operators found institutions."""
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only operators remove them, with all that they hold."""
        return bool(request.user.is_superuser)


class UserForm(AdminUserCreationForm):  # type: ignore[type-arg]
    """A new user is known by e-mail."""

    class Meta:
        model = User
        fields = ("email", "name")


@admin.register(User)
class PersonAdmin(ScopedAdmin, UserAdmin):  # type: ignore[type-arg]
    """Teachers and administrators. Nobody but an operator can make an operator."""

    add_form = UserForm
    ordering = ("email",)
    list_display = ("email", "name", "role", "institution", "is_active")
    list_filter = ("role", "is_active")
    search_fields = ("email", "name")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Person"), {"fields": ("name", "role", "institution", "time_zone", "theme", "is_active")}),
        (_("Operator"), {"fields": ("is_superuser", "groups", "user_permissions"), "classes": ("collapse",)}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "name", "role", "institution", "usable_password", "password1", "password2")}),
    )
    filter_horizontal = ("groups", "user_permissions")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: Any) -> None:
        """Let administrators in here, and nobody else."""
        obj.is_staff = obj.is_superuser or obj.role == User.Role.ADMIN
        super().save_model(request, obj, form, change)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Hide what makes an operator from everyone who is none."""
        sets = super().get_fieldsets(request, obj)
        return sets if request.user.is_superuser else [each for each in sets if each[0] != _("Operator")]

    def get_queryset(self, request: HttpRequest) -> Any:
        """Leave operators out for everyone who is none: a reset password would be a way up."""
        users = super().get_queryset(request)
        return users if request.user.is_superuser else users.filter(is_superuser=False)


@admin.register(Student)
class StudentAdmin(ScopedAdmin):
    """Students, by name and code."""

    list_display = ("name", "code", "institution")
    search_fields = ("name", "code")


class EnrollmentInline(BehindTheWall, admin.TabularInline):  # type: ignore[type-arg]
    """The roster, on the page of its course."""

    model = Enrollment
    fields = ("student",)
    autocomplete_fields = ("student",)
    extra = 0


@admin.register(Course)
class CourseAdmin(ScopedAdmin):
    """Courses with their teachers and roster."""

    list_display = ("name", "term", "institution", "mode", "is_archived")
    list_filter = ("is_archived", "mode")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    filter_horizontal = ("teachers",)
    inlines = (EnrollmentInline,)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: Any) -> None:
        """Give each enrollment its course's institution."""
        for enrollment in formset.save(commit=False):
            enrollment.institution_id = form.instance.institution_id
            enrollment.save()
        for enrollment in formset.deleted_objects:
            enrollment.delete()
        formset.save_m2m()


@admin.register(Enrollment)
class EnrollmentAdmin(ScopedAdmin):
    """Students in courses."""

    list_display = ("student", "course")
    autocomplete_fields = ("student", "course")


@admin.register(Lecture)
class LectureAdmin(ScopedAdmin):
    """Lectures; what was seen in them is not shown here."""

    list_display = ("title", "course", "held_at")
    search_fields = ("title",)
    autocomplete_fields = ("course",)


@admin.register(Segment)
class SegmentAdmin(ScopedAdmin):
    """Windows and named spans."""

    list_display = ("lecture", "kind", "index", "start_s", "end_s", "name")
    list_filter = ("kind",)
    autocomplete_fields = ("lecture",)


@admin.register(Recording)
class RecordingAdmin(ReadOnlyAdmin):
    """Facts of recordings, never the picture: the files are left out."""

    list_display = ("original_name", "lecture", "duration_s", "size_bytes", "codec")
    exclude = ("file", "proxy")


@admin.register(Upload)
class UploadAdmin(ReadOnlyAdmin):
    """Transfers and why they were refused."""

    list_display = ("filename", "owner", "state", "offset_bytes", "length_bytes", "error_code")
    list_filter = ("state",)


@admin.register(Permission)
class PermissionAdmin(ReadOnlyAdmin):
    """What students decided. Rows are only ever added, by the course's teachers; they go with student or course."""

    list_display = ("student", "course", "purpose", "is_granted", "basis", "decided_on", "recorded_by", "created_at")
    list_filter = ("purpose", "is_granted")
    actions = None

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> NoReturn:
        """Refuse: a record goes with its student or course, never alone."""
        raise PermissionDenied


@admin.register(ReferencePhoto)
class ReferencePhotoAdmin(ReadOnlyAdmin):
    """How many references there are and why some are not usable; embeddings are shown to nobody."""

    list_display = ("id", "enrollment", "state", "fault", "added_by", "created_at")
    list_filter = ("state",)
    exclude = ("photo_key", "sealed_vector")


@admin.register(DeploymentPolicy)
class DeploymentPolicyAdmin(ReadOnlyAdmin):
    """Signed decisions. A new one is sealed and rules from then on; those before it are never changed or removed."""

    list_display = ("institution", "mode", "extra_estimates", "region", "signatory", "valid_from", "valid_until")
    signed = ("recorded_by", "sha256")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let administrators record what was decided."""
        return is_administrator(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody removes a decision."""
        return False

    def get_exclude(self, request: HttpRequest, obj: DeploymentPolicy | None = None) -> Any:
        """Ask nobody for what is filled in on signing."""
        return () if obj else self.signed

    def get_readonly_fields(self, request: HttpRequest, obj: DeploymentPolicy | None = None) -> Any:
        """Show who recorded a decision, and its seal."""
        return self.signed if obj else ()

    def save_model(self, request: HttpRequest, obj: DeploymentPolicy, form: Any, change: Any) -> None:
        """Seal the decision in the name of whoever recorded it."""
        policy_sign(obj, recorded_by=request.user if isinstance(request.user, User) else None)
