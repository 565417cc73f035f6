"""Reference photos: one face, large and clear enough, decoded with limits."""

from __future__ import annotations

import zipfile
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from inference.vision.portrait import PortraitError, PortraitReader, decode, load_portrait_reader, the_one
from inference.vision.types import Detection
from tests.conftest import SHARED


def file_of(image: Image.Image, kind: str = "PNG", **more: object) -> bytes:
    written = BytesIO()
    image.save(written, kind, **more)
    return written.getvalue()


def face(side_px: float, left: float = 0.0) -> Detection:
    return Detection(np.array([left, 0, left + side_px, side_px], np.float32), np.zeros((5, 2), np.float32), 0.9)


def fault_of(content: bytes) -> str:
    with pytest.raises(PortraitError) as caught:
        decode(content)
    return caught.value.fault


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"\xff\xd8\xff\xe0 not a jpeg", b"GIF89a" + bytes(50)])
def test_what_is_no_photo_is_refused(content: bytes) -> None:
    assert fault_of(content) == "unreadable"


def test_a_cut_off_file_is_refused() -> None:
    whole = file_of(Image.effect_noise((300, 300), 60), "JPEG")
    assert fault_of(whole[: len(whole) // 2]) == "unreadable"


def test_a_picture_of_too_many_pixels_is_refused_by_its_header() -> None:
    assert fault_of(file_of(Image.new("1", (8_000, 8_000)))) == "large"


def test_a_large_photo_is_made_smaller_and_blue_comes_first() -> None:
    image = decode(file_of(Image.new("RGB", (2000, 1000), (255, 0, 0)), "JPEG"))
    assert image.shape == (640, 1280, 3)
    assert image[0, 0, 2] > 250 > image[0, 0, 0]


def test_a_photo_that_was_taken_sideways_stands_upright() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    assert decode(file_of(Image.new("RGB", (40, 20)), "JPEG", exif=turned)).shape == (40, 20, 3)


def test_the_one_face_is_found_before_small_ones_behind_it() -> None:
    assert the_one([face(30), face(200, 300)]).bbox_xyxy[0] == 300


@pytest.mark.parametrize(("sides_px", "fault"), [((), "no_face"), ((100, 90), "several")])
def test_none_or_several_faces_are_refused(sides_px: tuple[float, ...], fault: str) -> None:
    with pytest.raises(PortraitError, match=fault):
        the_one([face(side_px) for side_px in sides_px])


@pytest.fixture(scope="module")
def reader() -> PortraitReader:
    return load_portrait_reader("cpu")


def lfw(name: str, scale: float = 1.0) -> bytes:
    with zipfile.ZipFile(SHARED / "data" / "lfw160.zip") as archive:
        photo = Image.open(BytesIO(archive.read(name)))
        size = round(photo.width * scale), round(photo.height * scale)
        return file_of(photo.resize(size), "JPEG", quality=90)


@pytest.mark.shared
@pytest.mark.weights
def test_two_photos_of_one_person_are_nearer_than_those_of_two(reader: PortraitReader) -> None:
    names = ("Serena_Williams_0001", "Serena_Williams_0004", "Ariel_Sharon_0002")
    first, second, other = (reader(lfw(f"{name[:-5]}/{name}.jpg")).vector for name in names)
    assert float(first @ second) > float(first @ other) + 0.2


@pytest.mark.shared
@pytest.mark.weights
def test_a_face_of_thirty_pixels_is_too_small(reader: PortraitReader) -> None:
    with pytest.raises(PortraitError, match="small"):
        reader(lfw("Ariel_Sharon/Ariel_Sharon_0002.jpg", 0.4))


@pytest.mark.weights
def test_a_wall_has_no_face(reader: PortraitReader) -> None:
    with pytest.raises(PortraitError, match="no_face"):
        reader(file_of(Image.new("RGB", (400, 300), (180, 170, 160))))
