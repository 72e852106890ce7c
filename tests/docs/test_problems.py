"""docs/problems.md names every problem of the catalogue, as it is."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

import pytest

from docs import make_problems
from zwgk_excel.domain.problem_catalogue import CATALOGUE, ProblemKind, Severity
from zwgk_excel.layout.policy import load_policy
from zwgk_excel.layout.words import word

PAGE = make_problems.PAGE


def rows(text: str) -> list[list[str]]:
    """The cells of the rows that name a code."""
    return [re.split(r"(?<!\\) \| ", line[2:-2]) for line in text.splitlines() if line.startswith("| `")]


def test_the_page_is_up_to_date():
    made = make_problems.page() + "\n"
    assert PAGE.read_text(encoding="utf-8") == made, f"docs/problems.md is stale; run {make_problems.COMMAND}"


def test_every_code_has_its_row_with_its_sentences():
    found = {cells[0].strip("`"): cells[1:] for cells in rows(make_problems.page())}
    assert list(found) == list(CATALOGUE)
    for code, (severity, *texts) in found.items():
        kind = CATALOGUE[code]
        assert severity == word("severity", kind.severity)
        assert [re.sub(r"\\(.)", r"\1", text) for text in texts] == [kind.found, kind.expected, kind.action]


def test_the_example_of_severities_is_one_that_works():
    (example,) = re.findall(r"```toml\n(.*?)```", make_problems.page(), re.DOTALL)
    severities = tomllib.loads(example)["severities"]
    assert load_policy({"severities": severities}).severities == severities
    shipped = {code: kind.severity for code, kind in CATALOGUE.items()}
    assert severities
    assert not severities.items() & shipped.items()


def test_a_new_problem_makes_the_page_stale(monkeypatch):
    before = make_problems.page()
    kind = ProblemKind(Severity.NOTE, "a|b * {x}", "c", "d")
    monkeypatch.setattr(make_problems, "CATALOGUE", {**CATALOGUE, "brand_new": kind})
    after = make_problems.page()
    assert after != before
    assert rows(after)[-1] == ["`brand_new`", word("severity", "note"), r"a\|b \* {x}", "c", "d"]


def test_an_area_without_its_first_code_is_refused(monkeypatch):
    monkeypatch.setattr(make_problems, "CATALOGUE", {"table_unreadable": CATALOGUE["table_unreadable"]})
    with pytest.raises(ValueError, match="items_vanished"):
        make_problems.page()


def test_the_command_tells_a_stale_page(tmp_path):
    script = tmp_path / "docs" / "make_problems.py"
    script.parent.mkdir()
    # The copy stands in a folder of its own; the package comes from the path.
    script.write_text(PAGE.with_name(script.name).read_text(encoding="utf-8"), encoding="utf-8")
    environment = {"PYTHONPATH": str(PAGE.parent.parent), "PYTHONIOENCODING": "utf-8"}

    def run(*options: str) -> int:
        return subprocess.run([sys.executable, str(script), *options], env=environment, check=False).returncode

    assert run("--check") == 1
    assert run() == 0
    assert run("--check") == 0
    script.with_name("problems.md").write_text("old", encoding="utf-8")
    assert run("--check") == 1
