"""CONTRIBUTING.md and README.md send nobody to a file that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MADE = (".venv/", "build/", "dist/")
"""What is there only after a build."""
FOLDERS = sorted(each.name for each in ROOT.iterdir() if each.is_dir())
FILES = re.compile(r"\.(md|py|sh|toml|txt|docx|cfg|yaml)$")


def paths(text: str) -> Iterator[str]:
    """What a text names: targets of links, and in backquotes what is written as a path or as a file's name."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    yield from (target for target in re.findall(r"\]\(([^)#]+)", prose) if "://" not in target)
    for word in (part for quoted in re.findall(r"`([^`\n]+)`", prose) for part in quoted.split()):
        if not word.startswith(MADE) and (word.partition("/")[0] in FOLDERS or FILES.search(word)):
            yield word


def is_there(path: str) -> bool:
    """Whether the path, from the root, is that of a file or folder; a mere name may lie in any folder."""
    if any(ROOT.glob(path)):
        return True
    return "/" not in path and any(
        found for folder in ("zwgk_excel", "tests", "workbook_templates") for found in ROOT.joinpath(folder).rglob(path)
    )


def where(question: str) -> list[str]:
    """The paths that the table of CONTRIBUTING.md gives for what begins with ``question``."""
    (row,) = [
        line
        for line in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()
        if line.startswith(f"| {question}")
    ]
    return list(paths(row))


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "README.md"])
def test_every_path_that_is_named_is_there(page):
    named = list(paths((ROOT / page).read_text(encoding="utf-8")))
    assert len(named) > 10
    assert [path for path in named if not is_there(path)] == []


def test_a_path_that_is_gone_is_told():
    named = list(
        paths("`zwgk_excel/domain/dutys.py`, [a](docs/gone.md), `gone.toml`, `.venv/bin/pytest tests/gone -q`")
    )
    assert named == ["docs/gone.md", "zwgk_excel/domain/dutys.py", "gone.toml", "tests/gone"]
    assert not any(map(is_there, named))
    assert is_there("workbook_templates/mail_*.txt")
    assert is_there("relay.py")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("the 25th", "day = 25"),
        ("a heading", 'heading = "报送时限"'),
        ("what happens on 汇总", "def consolidate("),
        ("中文 of a status", 'grace = "宽限"'),
        ("a rule for what units report", "def validate("),
        ("which of several returns counts", "def effective_receipts("),
        ("a button", "[[groups"),
        ("a command", "COMMANDS = ("),
        ("a column of the database", "Table("),
        ("the version", "__version__ ="),
    ],
)
def test_a_question_leads_to_the_file_that_answers_it(question, said):
    first = ROOT / where(question)[0]
    assert said in first.read_text(encoding="utf-8")
