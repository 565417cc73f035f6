from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference.vision.training.data_checks import DataError
from inference.vision.training.samples import Samples
from inference.vision.training.sets.folders import load_ckplus, load_images
from inference.vision.types import silent_hook
from tests.inference.vision.training.sets.made_up import RECIPE, cut, picture, put


def images_of(folder: Path) -> Samples:
    return load_images(folder, folder, RECIPE, silent_hook)


def ckplus_of(folder: Path) -> Samples:
    return load_ckplus(folder, folder, RECIPE, silent_hook)


def test_split_class_and_person_are_read_from_the_folders(tmp_path: Path) -> None:
    for seed, name in enumerate(["train/happy/ann/1.png", "val/sad/bob/1.png", "test/happy/cid/1.jpg"]):
        put(tmp_path / name, picture(seed))
    samples = images_of(tmp_path)
    rows = sorted(zip(samples.people, samples.splits, samples.truth, strict=True))
    assert rows == [("ann", "train", 0), ("bob", "validation", 1), ("cid", "test", 0)]
    assert samples.names == ("happy", "sad")
    assert samples.images.shape == (3, 20, 20)


def test_without_a_person_each_file_is_one_and_a_hash_splits_them(tmp_path: Path) -> None:
    for seed in range(40):
        put(tmp_path / "ab"[seed % 2] / f"{seed}.png", picture(seed))
    first, again = images_of(tmp_path), images_of(tmp_path)
    assert len(set(first.people)) == 40
    assert set(first.splits) == {"train", "validation", "test"}
    assert np.array_equal(first.splits, again.splits)


def test_labels_are_one_hot_and_other_sizes_become_the_recipes(tmp_path: Path) -> None:
    put(tmp_path / "a" / "1.png", picture(0, 60, 50))
    put(tmp_path / "b" / "2.png", picture(1, 9, 9))
    samples = images_of(tmp_path)
    assert samples.images.shape == (2, 20, 20)
    assert samples.labels.tolist() == [[1, 0], [0, 1]]


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    cut(put(tmp_path / "a" / "cut.png", picture(0)))
    cut(put(tmp_path / "a" / "cut.jpg", picture(0)))
    put(tmp_path / "a" / "tiny.png", picture(1, 5, 5))
    put(tmp_path / "a" / "frame.png", picture(2, 40, 60))
    put(tmp_path / "loose.png", picture(3))
    (tmp_path / "a" / "empty.png").write_bytes(b"")
    with pytest.raises(DataError) as error:
        images_of(tmp_path)
    told = str(error.value)
    assert "3 pictures cannot be read: a/cut.jpg, a/cut.png, a/empty.png" in told
    assert "2 pictures have a wrong size: a/frame.png (60 x 40), a/tiny.png (5 x 5)" in told
    assert "outside of a class folder: loose.png" in told


def test_of_many_bad_files_twenty_are_named_and_all_counted(tmp_path: Path) -> None:
    for number in range(25):
        (tmp_path / "a").mkdir(exist_ok=True)
        (tmp_path / "a" / f"{number:02}.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"25 pictures cannot be read: a/00\.png.* a/19\.png and 5 more"):
        images_of(tmp_path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no pictures: check the folder"):
        images_of(tmp_path)


def test_ckplus_reads_the_subject_from_the_name(tmp_path: Path) -> None:
    put(tmp_path / "anger" / "S010_004_00000017.png", picture(0, 48, 48))
    put(tmp_path / "Happy" / "S011_006_00000013.png", picture(1, 48, 48))
    samples = ckplus_of(tmp_path)
    assert samples.people.tolist() == ["S011", "S010"]
    assert samples.names == ("anger", "happy")


def test_ckplus_without_a_subject_and_whole_frames_are_refused(tmp_path: Path) -> None:
    put(tmp_path / "anger" / "first.png", picture(0, 48, 48))
    put(tmp_path / "anger" / "S010_004_00000017.png", picture(1, 49, 64))
    with pytest.raises(DataError, match=r"(?s)No subject in the names first\.png.*wrong size: .*\(64 x 49\)"):
        ckplus_of(tmp_path)
