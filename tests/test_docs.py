"""What the documents point to is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file(document: Path) -> None:
    links = LINK.findall(document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_document_of_a_model_is_in_the_index() -> None:
    index = (ROOT / "docs" / "models" / "README.md").read_text(encoding="utf-8")
    names = {path.name for path in (ROOT / "docs" / "models").glob("*.md")} - {"README.md"}
    assert {name for name in names if f"({name})" not in index} == set()
