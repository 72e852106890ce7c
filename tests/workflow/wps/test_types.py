"""The add-in's sources call what WPS publishes, with what it takes: TypeScript holds them against its declarations."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.tools import ROOT, require

SOURCES = ROOT / "vba_shim" / "wps"
NEWER = re.compile(r"=>|\?\.|\?\?|`|\basync\b|\bawait\b|\.then\(|\bWebSocket\b|toLocale|\.Enum\b")
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
STRICT = ("--noEmit", "--allowJs", "--checkJs", "--strict", "--noUnusedLocals", "--skipLibCheck", "--target", "es2015")


def complaints(source: Path, *options: str) -> str:
    """What the compiler says of a file; empty where all is well."""
    node, compiler, models = require("node", "typescript", "wps-object-model")
    roots = ("--typeRoots", models, *options)
    done = subprocess.run(
        [node, compiler, *STRICT, *roots, str(source)], capture_output=True, text=True, encoding="utf-8", check=False
    )
    return done.stdout + done.stderr


def in_wps(source: Path) -> str:
    return complaints(source, "--lib", "es2015,dom", "--types", "et-jsapi-declare")


def test_what_runs_in_wps():
    assert in_wps(SOURCES / "main.js") == ""


def test_what_runs_in_the_dialog_uses_nothing_of_wps(tmp_path):
    (tmp_path / "dialog.js").write_bytes((SOURCES / "dialog.js").read_bytes())
    (tmp_path / "tsconfig.json").write_text('{"compilerOptions": {"types": []}, "files": ["dialog.js"]}')
    node, compiler = require("node", "typescript")
    command = [node, compiler, *STRICT, "--lib", "es2015,dom", "-p", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.stdout + done.stderr == ""


def test_a_call_that_is_none_is_found(tmp_path):
    wrong = {
        "Application.FileSystem.Exists(PLACE.note)": "Application.FileSystem.IsThere(PLACE.note)",
        "Application.OAAssist.ShellExecute(PLACE.interpreter,": "Application.OAAssist.ShellExecute(7,",
        "book.Close(false)": "book.Close(false, 1, 2, 3)",
        "Application.Workbooks.Item(index)": "Application.Workbooks[index]",
    }
    text = (SOURCES / "main.js").read_text(encoding="utf-8")
    lines = [text[: text.index(call)].count("\n") + 1 for call in wrong]
    for call, other in wrong.items():
        text = text.replace(call, other, 1)
    broken = tmp_path / "main.js"
    broken.write_text(text, encoding="utf-8")
    assert set(lines) <= set(map(int, re.findall(r"main\.js\((\d+),", in_wps(broken))))


def test_every_call_of_wps_is_told_in_the_docs():
    text = (SOURCES / "main.js").read_text(encoding="utf-8")
    used = set(re.findall(r"\.([A-Z]\w+)", COMMENT.sub("", text))) - {"Id"}  # which is the ribbon's
    page = (ROOT / "docs" / "wps.md").read_text(encoding="utf-8")
    table = page.partition("## 用到的 WPS 接口")[2].partition("\n## ")[0]
    assert {"Open", "Save", "Close", "ShowDialog"} < used
    assert {name for name in used if not re.search(rf"\b{name}\b", table)} == set()


@pytest.mark.parametrize("name", ["main.js", "dialog.js"])
def test_nothing_newer_than_the_oldest_browser_of_wps(name):
    """No names of constants, no fetch that is waited for, no syntax after 2015."""
    text = COMMENT.sub("", (SOURCES / name).read_text(encoding="utf-8"))
    assert "function" in text
    assert not NEWER.search(text)
