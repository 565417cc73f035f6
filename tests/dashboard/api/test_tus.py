"""tus 1.0: creation, pieces, checksums, termination, expiration, and every refusal that it knows."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from courses.models import Course, Upload, User
from tests.dashboard.api.tus_client import PIECE, TUS, create, delete, head, metadata, patch

CONTENT = bytes(range(200)) * 5  # 1,000 bytes


@pytest.fixture
def url(alice_client: Client, course: Course) -> str:
    return str(create(alice_client, course=course.slug, length=len(CONTENT)).headers["Location"])


def checksum(algorithm: str, data: bytes) -> str:
    digest = hashlib.new(algorithm, data, usedforsecurity=False).digest()
    return f"{algorithm} {base64.b64encode(digest).decode()}"


def spooled() -> bytes:
    return Upload.objects.get().spool_path.read_bytes()


def test_options_tell_what_the_server_can(settings: Any) -> None:
    answer = Client().options("/api/uploads/")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Max-Size"] == str(settings.UPLOAD_MAX_BYTES)
    assert answer.headers["Tus-Extension"] == "creation,creation-with-upload,termination,expiration,checksum"
    assert answer.headers["Tus-Checksum-Algorithm"] == "md5,sha1,sha256"


def test_created_upload_keeps_what_the_page_said(alice_client: Client, course: Course, alice: User) -> None:
    values = {"title": "Week 1 – Mittelwert", "held_at": "2026-11-02T09:00:00+01:00", "fingerprint": "f" * 64}
    answer = create(alice_client, course=course.slug, length=1000, filename="C:\\lectures\\week 1.mp4", **values)
    upload = Upload.objects.get()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/uploads/{upload.pk}/"
    assert answer.headers["Upload-Offset"] == "0"
    assert "GMT" in answer.headers["Upload-Expires"]
    assert (upload.filename, upload.title, upload.fingerprint) == ("week 1.mp4", values["title"], values["fingerprint"])
    assert upload.held_at is not None
    assert upload.held_at.isoformat() == "2026-11-02T08:00:00+00:00"
    assert (upload.owner, upload.institution) == (alice, course.institution)


def test_pieces_are_put_together(alice_client: Client, url: str) -> None:
    assert patch(alice_client, url, 0, CONTENT[:300]).headers["Upload-Offset"] == "300"
    assert patch(alice_client, url, 300, CONTENT[300:900]).status_code == 204
    answer = head(alice_client, url)
    assert (answer.headers["Upload-Offset"], answer.headers["Upload-Length"]) == ("900", "1000")
    assert answer.headers["Cache-Control"] == "no-store"
    assert spooled() == CONTENT[:900]


def test_first_piece_may_come_with_the_creation(alice_client: Client, course: Course) -> None:
    headers = {**TUS, "Upload-Length": "1000", "Upload-Metadata": metadata(course=course.slug, filename="a.mp4")}
    answer = alice_client.post("/api/uploads/", CONTENT[:400], content_type=PIECE, headers=headers)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "400")
    assert spooled() == CONTENT[:400]


def test_second_patch_at_same_offset_is_refused(alice_client: Client, url: str) -> None:
    patch(alice_client, url, 0, CONTENT[:300])
    answer = patch(alice_client, url, 0, CONTENT[:300])
    assert (answer.status_code, answer.json()["code"]) == (409, "offset")
    assert spooled() == CONTENT[:300]


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256"])
def test_piece_with_right_checksum_is_taken(alice_client: Client, url: str, algorithm: str) -> None:
    headers = {"Upload-Checksum": checksum(algorithm, CONTENT[:300])}
    assert patch(alice_client, url, 0, CONTENT[:300], **headers).status_code == 204


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256"])
def test_damaged_piece_is_dropped(alice_client: Client, url: str, algorithm: str) -> None:
    headers = {"Upload-Checksum": checksum(algorithm, b"other")}
    answer = patch(alice_client, url, 0, CONTENT[:300], **headers)
    assert (answer.status_code, answer.json()["code"]) == (460, "checksum")
    assert head(alice_client, url).headers["Upload-Offset"] == "0"
    assert spooled() == b""


@pytest.mark.parametrize("header", ["crc32 AAAA", "sha1", "sha1 not-base64!", ""])
def test_unknown_checksum_gets_400(alice_client: Client, url: str, header: str) -> None:
    assert patch(alice_client, url, 0, CONTENT[:300], **{"Upload-Checksum": header}).status_code == 400


def test_other_version_gets_412(alice_client: Client, url: str) -> None:
    answer = alice_client.patch(url, CONTENT, content_type=PIECE, headers={"Upload-Offset": "0"})
    assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")


def test_other_content_type_gets_415(alice_client: Client, url: str) -> None:
    answer = alice_client.patch(url, CONTENT, content_type="video/mp4", headers={**TUS, "Upload-Offset": "0"})
    assert answer.status_code == 415


@pytest.mark.parametrize("offset", ["", "-1", "x", "1.5", "٣", "9" * 40])
def test_senseless_offset_gets_400(alice_client: Client, url: str, offset: str) -> None:
    answer = alice_client.patch(url, CONTENT, content_type=PIECE, headers={**TUS, "Upload-Offset": offset})
    assert answer.status_code == 400


def test_more_bytes_than_announced_are_refused(alice_client: Client, url: str) -> None:
    patch(alice_client, url, 0, CONTENT[:300])
    answer = patch(alice_client, url, 300, CONTENT)
    assert (answer.status_code, answer.json()["code"]) == (413, "chunk-too-large")
    assert spooled() == CONTENT[:300]


def test_piece_over_the_limit_gets_413(alice_client: Client, url: str, settings: Any) -> None:
    settings.UPLOAD_CHUNK_MAX_BYTES = 100
    answer = patch(alice_client, url, 0, CONTENT[:101])
    assert answer.status_code == 413
    assert "100" in answer.json()["remedy"]
    assert patch(alice_client, url, 0, CONTENT[:100]).status_code == 204


def test_file_over_the_limit_gets_413_before_a_byte_is_sent(
    alice_client: Client, course: Course, settings: Any
) -> None:
    settings.UPLOAD_MAX_BYTES = 999
    answer = create(alice_client, course=course.slug, length=1000)
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert answer.json()["remedy"]
    assert not Upload.objects.exists()


def test_empty_file_gets_422(alice_client: Client, course: Course) -> None:
    answer = create(alice_client, course=course.slug, length=0)
    assert (answer.status_code, answer.json()["code"]) == (422, "empty")


def test_file_larger_than_the_disk_gets_507(alice_client: Client, course: Course, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 2**62
    answer = create(alice_client, course=course.slug, length=2**61)
    assert (answer.status_code, answer.json()["code"]) == (507, "disk-full")


@pytest.mark.parametrize("header", ["filename !!!", "filename /w==", "filename YQ== YQ==", "filename AA==", "course"])
def test_senseless_metadata_is_refused(alice_client: Client, course: Course, header: str) -> None:
    headers = {**TUS, "Upload-Length": "5", "Upload-Metadata": f"{header},{metadata(course=course.slug)}"}
    assert alice_client.post("/api/uploads/", headers=headers).status_code == 400


@pytest.mark.parametrize(
    "values", [{"held_at": "yesterday"}, {"held_at": "2026-13-45T00:00:00Z"}, {"title": "x" * 201}]
)
def test_senseless_values_are_refused(alice_client: Client, course: Course, values: dict[str, str]) -> None:
    answer = create(alice_client, course=course.slug, length=5, **values)
    assert answer.status_code == 400
    assert answer.json()["message"]


def test_terminated_upload_is_forgotten(alice_client: Client, url: str) -> None:
    patch(alice_client, url, 0, CONTENT[:300])
    path = Upload.objects.get().spool_path
    assert delete(alice_client, url).status_code == 204
    assert head(alice_client, url).status_code == 404
    assert not Upload.objects.exists()
    assert path.parent.is_dir()


def test_expired_upload_gets_410(alice_client: Client, url: str) -> None:
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert head(alice_client, url).status_code == 410
    assert patch(alice_client, url, 0, CONTENT).status_code == 410


def test_post_may_stand_for_a_method_that_a_proxy_blocks(alice_client: Client, url: str) -> None:
    headers = {**TUS, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert alice_client.post(url, CONTENT[:300], content_type=PIECE, headers=headers).status_code == 204
    headers = {**TUS, "X-HTTP-Method-Override": "DELETE"}
    assert alice_client.get(url, headers=headers).status_code == 200
    assert alice_client.post(url, headers=headers).status_code == 204


def test_unfinished_uploads_are_listed_after_a_refresh(
    alice_client: Client, bob_client: Client, course: Course, url: str
) -> None:
    patch(alice_client, url, 0, CONTENT[:300])
    (row,) = alice_client.get(f"/api/uploads/?state=receiving&course={course.slug}").json()
    assert (row["filename"], row["offset_bytes"], row["length_bytes"]) == ("clip.mp4", 300, 1000)
    assert url.endswith(f"{row['id']}/")
    assert alice_client.get("/api/uploads/?course=other").json() == []
    assert bob_client.get("/api/uploads/").json() == []


def test_list_takes_four_queries(alice_client: Client, course: Course, django_assert_num_queries: Any) -> None:
    for _ in range(3):
        create(alice_client, course=course.slug, length=5)
    with django_assert_num_queries(4):  # session, user, institution, uploads
        assert len(alice_client.get("/api/uploads/").json()) == 3


@pytest.mark.parametrize("client", ["bob_client", "charlie_client"])
def test_someone_elses_upload_does_not_exist(request: Any, client: str, url: str, alice_client: Client) -> None:
    other: Client = request.getfixturevalue(client)
    for answer in (other.get(url), head(other, url), patch(other, url, 0, CONTENT), delete(other, url)):
        assert answer.status_code == 404
    assert other.get(url).json()["code"] == "not-found"
    assert head(alice_client, url).headers["Upload-Offset"] == "0"


def test_stranger_cannot_upload_to_the_course(charlie_client: Client, course: Course) -> None:
    assert create(charlie_client, course=course.slug, length=5).status_code == 404


def test_visitor_without_login_gets_401(url: str) -> None:
    for answer in (
        Client().get("/api/uploads/"),
        patch(Client(), url, 0, CONTENT),
        create(Client(), course="x", length=5),
    ):
        assert answer.status_code == 401


def test_upload_without_policy_gets_451(alice_client: Client, course: Course, policy: Any) -> None:
    policy.delete()
    answer = create(alice_client, course=course.slug, length=5)
    assert (answer.status_code, answer.json()["code"]) == (451, "policy")


def test_wrong_method_gets_405(alice_client: Client, url: str) -> None:
    answer = alice_client.put(url, headers=TUS)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, PATCH, DELETE, OPTIONS")
    assert alice_client.delete("/api/uploads/", headers=TUS).status_code == 405


def test_request_without_csrf_token_gets_json_403(alice: User, course: Course, url: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    for answer in (create(client, course=course.slug, length=5), patch(client, url, 0, CONTENT), delete(client, url)):
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
