from __future__ import annotations

from pathlib import Path

import pytest

from inference.vision.training.data_checks import DataError
from inference.vision.training.samples import Samples
from inference.vision.training.sets.crops import load
from inference.vision.types import silent_hook
from tests.inference.vision.training.sets.made_up import RECIPE, picture, put


def crops_of(folder: Path, *lines: str, header: str = "file,label,person,split") -> Samples:
    (folder / "labels.csv").write_text("\n".join([header, *lines]), encoding="utf-8")
    return load(folder, folder, RECIPE, silent_hook)


def test_rows_become_samples_and_unlabelled_ones_are_left_out(tmp_path: Path) -> None:
    for seed in range(3):
        put(tmp_path / "crops" / f"{seed}.png", picture(seed))
    samples = crops_of(tmp_path, "crops/0.png,tired,p1,train", "crops/1.png,,p1,train", "crops/2.png,focused,p2,TEST")
    assert samples.names == ("focused", "tired")
    assert samples.people.tolist() == ["p1", "p2"]
    assert samples.splits.tolist() == ["train", "test"]


def test_a_person_without_a_split_has_the_same_one_everywhere(tmp_path: Path) -> None:
    for seed in range(12):
        put(tmp_path / f"{seed}.png", picture(seed))
    samples = crops_of(tmp_path, *(f"{seed}.png,a,p{seed % 3}," for seed in range(12)))
    assert len({(person, split) for person, split in zip(samples.people, samples.splits, strict=True)}) == 3


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    put(tmp_path / "0.png", picture(0))
    with pytest.raises(DataError) as error:
        crops_of(tmp_path, "0.png,a,,train", "gone.png,a,p,train", "../x.png,a,p,train", "0.png,a,p,exam")
    told = str(error.value)
    assert "Rows without a person: 0.png" in told
    assert "gone.png" in told
    assert "outside of the folder: ../x.png" in told
    assert "no splits called exam" in told


def test_a_missing_table_column_or_encoding_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no labels\.csv"):
        load(tmp_path, tmp_path, RECIPE, silent_hook)
    with pytest.raises(DataError, match="lacks the columns person, split"):
        crops_of(tmp_path, "0.png,a", header="file,label")
    (tmp_path / "labels.csv").write_bytes(b"file,label,person,split\n\xff\xfe,a,p,train")
    with pytest.raises(DataError, match="UTF-8"):
        load(tmp_path, tmp_path, RECIPE, silent_hook)
