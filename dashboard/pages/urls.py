"""Addresses of pages."""

from __future__ import annotations

from django.contrib.auth import views as auth
from django.urls import path
from django.views.i18n import JavaScriptCatalog

from dashboard.pages import courses, explain, health, home, lectures, media, models, people, photos, theme, upload

urlpatterns = [
    path("", home.today, name="home"),
    path("accounts/login/", auth.LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("accounts/logout/", auth.LogoutView.as_view(), name="logout"),
    path("courses/", courses.course_list, name="courses"),
    path("courses/<slug:slug>/", courses.course_home, name="course"),
    path("courses/<slug:slug>/roster/", courses.course_roster, name="roster"),
    path("courses/<slug:slug>/roster/<int:student_id>/photos/", photos.student_photos, name="student-photos"),
    path(
        "courses/<slug:slug>/roster/<int:student_id>/photos/<int:photo_id>/", photos.photo_delete, name="photo-delete"
    ),
    path("courses/<slug:slug>/lectures/new/", upload.lecture_new, name="lecture-new"),
    path("lectures/<int:lecture_id>/", lectures.lecture, name="lecture"),
    path("lectures/<int:lecture_id>/explain/", explain.explanation, name="lecture-explain"),
    path("lectures/<int:lecture_id>/people/", people.lecture_people, name="lecture-people"),
    path("lectures/<int:lecture_id>/people/undo/", people.people_undo, name="people-undo"),
    path("lectures/<int:lecture_id>/people/<int:track_id>/", people.people_change, name="people-change"),
    path("recordings/<int:recording_id>/media", media.recording_media, name="recording-media"),
    path("models/", models.model_list, name="models"),
    path("theme/", theme.theme_set, name="theme"),
    path("jsi18n/", JavaScriptCatalog.as_view(packages=["dashboard"]), name="jsi18n"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
