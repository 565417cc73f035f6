"""Compiles translations, `.po` to `.mo`, without the gettext programs, which a bare machine does not have."""

from __future__ import annotations

import ast
import struct
from collections.abc import Iterator
from pathlib import Path

from setup.console import SetupError
from setup.places import LOCALE

MAGIC = 0x950412DE
CONTEXT_END = "\x04"


def sources(folder: Path = LOCALE) -> list[Path]:
    """Return the translations under a locale folder."""
    return sorted(folder.glob("*/LC_MESSAGES/*.po"))


def targets() -> list[Path]:
    """Return what `compile_all` writes."""
    return [source.with_suffix(".mo") for source in sources()]


def compile_all() -> None:
    """Write a `.mo` file beside every `.po` file."""
    for source in sources():
        source.with_suffix(".mo").write_bytes(encode(parse(source)))


def parse(source: Path) -> dict[str, str]:
    """Return message -> translation as the `.mo` format spells them; untranslated and fuzzy ones are left out."""
    catalog: dict[str, str] = {}
    for number, entry in enumerate(source.read_text(encoding="utf-8").split("\n\n"), 1):
        fields = _fields(entry, f"{source}, entry {number}")
        translation = _translation(fields)
        if translation and ("fuzzy" not in _flags(entry) or not fields["msgid"]):
            catalog[_key(fields)] = translation
    return catalog


def encode(catalog: dict[str, str]) -> bytes:
    """Return the `.mo` file: a header, two tables of (length, offset), the sorted texts, each closed by a zero."""
    pairs = [(key.encode(), value.encode()) for key, value in catalog.items()]
    pairs.sort()
    count, texts = len(pairs), b""
    tables: list[list[int]] = [[], []]
    for column, table in enumerate(tables):
        for pair in pairs:
            table += [len(pair[column]), 28 + 16 * count + len(texts)]
            texts += pair[column] + b"\0"
    header = struct.pack("<7I", MAGIC, 0, count, 28, 28 + 8 * count, 0, 0)
    return header + struct.pack(f"<{4 * count}I", *tables[0], *tables[1]) + texts


def _fields(entry: str, where: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for keyword, text in _strings(entry, where):
        fields[keyword] = fields.get(keyword, "") + text
    return fields


def _strings(entry: str, where: str) -> Iterator[tuple[str, str]]:
    keyword = ""
    for line in entry.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        word, quote, rest = line.partition('"')
        keyword = word.strip() or keyword
        try:
            yield keyword, str(ast.literal_eval(quote + rest))
        except (SyntaxError, ValueError) as error:
            raise SetupError(f"{where}: {line!r} is not a quoted text.") from error


def _flags(entry: str) -> str:
    return " ".join(line for line in entry.splitlines() if line.startswith("#,"))


def _key(fields: dict[str, str]) -> str:
    context = f"{fields['msgctxt']}{CONTEXT_END}" if "msgctxt" in fields else ""
    plural = f"\0{fields['msgid_plural']}" if "msgid_plural" in fields else ""
    return f"{context}{fields['msgid']}{plural}"


def _translation(fields: dict[str, str]) -> str:
    forms = [text for keyword, text in fields.items() if keyword.startswith("msgstr")]
    return "\0".join(forms) if all(forms) else ""
