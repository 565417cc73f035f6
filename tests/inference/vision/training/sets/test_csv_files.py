from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference.vision.training.data_checks import DataError
from inference.vision.training.sets.csv_files import load_fer2013, load_ferplus
from inference.vision.types import ImageArray, silent_hook
from tests.inference.vision.training.sets.made_up import RECIPE, picture

VOTES = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"


def text_of(image: ImageArray) -> str:
    return " ".join(str(level) for level in image.ravel())


def faces(*rows: tuple[int, int, str]) -> list[str]:
    """Lines of fer2013.csv from (seed of the picture, emotion, usage)."""
    return [f"{emotion},{text_of(picture(seed, 48, 48))},{usage}" for seed, emotion, usage in rows]


def write(folder: Path, lines: list[str], votes: list[str] | None = None) -> Path:
    (folder / "fer2013.csv").write_text("\n".join(["emotion,pixels,Usage", *lines]), encoding="utf-8")
    if votes is not None:
        (folder / "fer2013new.csv").write_text("\n".join([VOTES, *votes]), encoding="utf-8")
    return folder


def test_usages_become_splits_and_pixels_pictures(tmp_path: Path) -> None:
    write(tmp_path, faces((0, 3, "Training"), (1, 6, "PublicTest"), (2, 0, "PrivateTest")))
    samples = load_fer2013(tmp_path, tmp_path, RECIPE, silent_hook)
    assert samples.splits.tolist() == ["train", "validation", "test"]
    assert [samples.names[row] for row in samples.truth] == ["happy", "neutral", "angry"]
    assert np.array_equal(samples.images[2], picture(2, 48, 48))


def test_without_a_private_test_the_public_one_is_the_test(tmp_path: Path) -> None:
    write(tmp_path, faces(*((seed, 3, "Training") for seed in range(60)), (99, 6, "PublicTest")))
    samples = load_fer2013(tmp_path, tmp_path, RECIPE, silent_hook)
    assert samples.splits.tolist()[-1] == "test"
    assert {"train", "validation"} == set(samples.splits[:-1])


def test_a_copy_of_a_test_picture_is_not_trained_on(tmp_path: Path) -> None:
    write(tmp_path, faces((0, 3, "Training"), (1, 3, "Training"), (1, 4, "PrivateTest")))
    samples = load_fer2013(tmp_path, tmp_path, RECIPE, silent_hook)
    assert samples.splits.tolist() == ["train", "test"]
    assert samples.truth.tolist() == [3, 4]


def test_wrong_rows_are_named_by_their_lines_all_at_once(tmp_path: Path) -> None:
    good = faces((0, 3, "Training"))
    write(
        tmp_path,
        [*good, "3,1 2 3,Training", *faces((1, 9, "Training"), (2, 1, "Exam")), "1," + "300 " * 2304 + ",Training"],
    )
    with pytest.raises(DataError) as error:
        load_fer2013(tmp_path, tmp_path, RECIPE, silent_hook)
    told = str(error.value)
    assert "2 rows of fer2013.csv do not hold 48 x 48 gray levels of 0 to 255: lines 3, 6" in told
    assert "1 rows of fer2013.csv have an emotion that is none of 0 to 6: lines 4" in told
    assert "1 rows of fer2013.csv have a Usage" in told


def test_votes_become_soft_labels_and_a_majority_the_class(tmp_path: Path) -> None:
    votes = [
        "Training,a.png,0,6,2,0,0,0,0,0,2,0",
        "Training,b.png,5,5,0,0,0,0,0,0,0,0",
        "PublicTest,,0,0,0,0,0,0,0,0,0,10",
    ]
    write(tmp_path, faces((0, 3, "Training"), (1, 3, "Training"), (2, 3, "PublicTest")), votes)
    samples = load_ferplus(tmp_path, tmp_path, RECIPE, silent_hook)
    assert samples.truth.tolist() == [1, -1, -1]
    np.testing.assert_allclose(samples.labels[0], [0, 0.75, 0.25, 0, 0, 0, 0, 0])


def test_votes_of_another_length_or_no_numbers_are_refused(tmp_path: Path) -> None:
    write(tmp_path, faces((0, 3, "Training")), ["Training,a.png,0,x,2,0,0,0,0,0,2,0"])
    with pytest.raises(DataError, match=r"fer2013new\.csv have votes that are no whole numbers: lines 2"):
        load_ferplus(tmp_path, tmp_path, RECIPE, silent_hook)
    write(tmp_path, faces((0, 3, "Training"), (1, 3, "Training")))
    with pytest.raises(DataError, match="2 rows"):
        load_ferplus(tmp_path, tmp_path, RECIPE, silent_hook)


def test_a_missing_file_or_column_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no fer2013\.csv"):
        load_fer2013(tmp_path, tmp_path, RECIPE, silent_hook)
    (tmp_path / "fer2013.csv").write_text("a,b\n1,2", encoding="utf-8")
    with pytest.raises(DataError, match="lacks the columns emotion, pixels, Usage"):
        load_fer2013(tmp_path, tmp_path, RECIPE, silent_hook)
