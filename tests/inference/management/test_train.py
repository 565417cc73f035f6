from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command


@pytest.mark.parametrize("name", ["train", "evaluate"])
def test_missing_data_ends_with_a_sentence(name: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"fer2013plus\.npz"):
        call_command(name, "drsn", "--data", str(tmp_path), "--runs", str(tmp_path))


def test_unknown_family_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("train", "vgg", "--data", str(tmp_path))
