"""Addresses of the API."""

from __future__ import annotations

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from dashboard.api import courses, errors, results, runs, uploads

urlpatterns = [
    path("uploads/", uploads.UploadListView.as_view(), name="uploads"),
    path("uploads/<uuid:upload_id>/", uploads.UploadView.as_view(), name="upload"),
    path("courses/", courses.CourseListApi.as_view(), name="api-courses"),
    path("courses/<slug:slug>/", courses.CourseDetailApi.as_view(), name="api-course"),
    path("courses/<slug:slug>/lectures/", courses.CourseLecturesApi.as_view(), name="api-course-lectures"),
    path("lectures/<int:lecture_id>/", courses.LectureDetailApi.as_view(), name="api-lecture"),
    path("lectures/<int:lecture_id>/scores/", results.LectureScoresApi.as_view(), name="api-lecture-scores"),
    path("lectures/<int:lecture_id>/people/", results.LecturePeopleApi.as_view(), name="api-lecture-people"),
    path("lectures/<int:lecture_id>/runs/", runs.RunRequestApi.as_view(), name="api-lecture-runs"),
    path("runs/<int:run_id>/", runs.RunDetailApi.as_view(), name="api-run"),
    path("runs/<int:run_id>/cancel/", runs.RunCancelApi.as_view(), name="api-run-cancel"),
    path("runs/<int:run_id>/retry/", runs.RunRetryApi.as_view(), name="api-run-retry"),
    path("tracks/<int:track_id>/student/", runs.TrackStudentApi.as_view(), name="api-track-student"),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    re_path("", errors.nothing_here),
]
