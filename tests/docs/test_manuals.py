"""What the documents name is there, and what is there is documented: commands, options, buttons, sheets, columns,
settings, problem codes.

The staff's manuals mark what they name: 【】 a button of ours, “” words on our sheets, 「」 words of another program,
backquotes what is typed: commands, settings, files, codes. Sections that wait for something to be built stand in HTML
comments that begin with a name; they must be uncovered when all that they name is there.
"""

from __future__ import annotations

import re
import shlex
import shutil
import tomllib
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from docs import make_commands, make_manuals
from tests.cli.test_settings import every_setting
from tests.tools import ROOT, require
from zwgk_excel.domain.problem_catalogue import CATALOGUE
from zwgk_excel.layout.buttons import ribbon_tab
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.bulletin.pdf import to_pdf
from zwgk_excel.workbooks.report import self_check

DOCS = ROOT / "docs"
OFFICE, REPORT, INSTALLING, TABLES = (DOCS / f"{name}.md" for name in ("办公室手册", "填报手册", "部署", "tables"))
MANUALS = (OFFICE, REPORT, INSTALLING, TABLES)
PAGES = sorted({*DOCS.glob("*.md"), *ROOT.glob("*.md")} - {ROOT / "CHANGELOG.md"})
"""All but the one that tells what was."""
BY_HAND = [page for page in PAGES if page != make_commands.PAGE]
COMMANDS = dict(make_commands.commands())
GROUPS = {words.partition(" ")[0] for words in COMMANDS if " " in words}
OPTIONS = {name for command in COMMANDS.values() for each in command.params for name in make_commands.names_of(each)}
OF_OTHERS = {"--upgrade", "--platform", "--python-version", "--only-binary=:all:", "--large", "--check"}
"""Options that the documents name alone, of pip and of the project's own scripts."""


def visible(page: Path) -> str:
    """The text of a page without what waits in comments."""
    return re.sub(r"<!--.*?-->", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)


def code(text: str) -> Iterator[str]:
    """The lines of blocks of code without their comments, and what stands in backquotes."""
    fences = re.compile(r"^ *```\w*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
    for block in fences.findall(text):
        yield from (re.sub(r"(^|\s)#.*", "", line).strip() for line in block.splitlines())
    yield from re.findall(r"`([^`\n]+)`", fences.sub("", text))


def command_lines(text: str) -> Iterator[list[str]]:
    """The words of every command of ours in a text, without ``zwgk``."""
    for line in code(text):
        for part in re.split(r"&&|\|", line):
            if re.match(r"(\S*/)?zwgk\s", part.strip()):
                words = shlex.split(re.sub(r"…", "", part))[1:]
                if words and words[0].isascii():
                    yield words


def named_by(words: list[str]) -> tuple[str, list[str]]:
    """The command that a line names, and what follows."""
    size = 2 if words[0] in GROUPS and len(words) > 1 and not words[1].startswith("-") else 1
    return " ".join(words[:size]), words[size:]


def fault(words: list[str]) -> str:
    """What is wrong with a command line; empty for nothing."""
    if words[0] in {"--help", "--version"}:
        return ""
    name, rest = named_by(words)
    if name in GROUPS:
        known: set[str] = set()
    elif name in COMMANDS:
        known = {option for each in COMMANDS[name].params for option in make_commands.names_of(each)}
    else:
        return f"no command: zwgk {name}"
    used = {word.partition("=")[0] for word in rest if re.match(r"--?[a-z]", word)}
    return "".join(f"zwgk {name} has no {option}" for option in sorted(used - known - {"--help"}))


# --- what is named is there ----------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_line_is_one(page: Path) -> None:
    assert [found for words in command_lines(visible(page)) if (found := fault(words))] == []


@pytest.mark.parametrize("page", [*MANUALS, ROOT / "README.md", ROOT / "README.zh-CN.md"], ids=lambda page: page.name)
def test_every_command_line_with_more_than_a_name_can_be_typed_as_it_stands(page: Path) -> None:
    """Nothing that it needs is missing, and every number is one."""
    for words in command_lines(visible(page)):
        name, rest = named_by(words)
        if rest and name in COMMANDS and "--help" not in rest:
            COMMANDS[name].make_context(name, rest)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("zwgk brew 2026-11", "no command: zwgk brew"),
        ("zwgk receipt burn 3", "no command: zwgk receipt burn"),
        ("zwgk send 2026-11 --now", "zwgk send has no --now"),
        ("zwgk receipt time 3 --at 2026-11-01T10:00 --reason 试", ""),
        (".venv/bin/zwgk init x && zwgk check --json", ""),
        ("zwgk 命令 --help", ""),
    ],
)
def test_a_command_line_that_is_none_is_told(line: str, found: str) -> None:
    assert "".join(fault(words) for words in command_lines(f"`{line}`")) == found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_option_named_alone_is_one(page: Path) -> None:
    named = {each.split()[0] for each in code(visible(page)) if re.match(r"--[a-z]", each)}
    assert named <= OPTIONS | OF_OTHERS | {"--help", "--version"}


@pytest.mark.parametrize("page", MANUALS, ids=lambda page: page.name)
def test_every_button_is_one(page: Path) -> None:
    labels = {button.label for button in ribbon_tab().buttons.values()}
    assert set(re.findall(r"【(.+?)】", visible(page))) <= labels


def test_whatever_is_to_be_pressed_in_the_acceptance_list_is_a_button() -> None:
    labels = {button.label for button in ribbon_tab().buttons.values()}
    pressed = set(re.findall(r"[点按]“(.+?)”", visible(DOCS / "windows-acceptance.md")))
    assert pressed
    assert pressed <= labels | {"取消", "启用编辑"}


@cache
def vocabulary() -> tuple[frozenset[str], re.Pattern[str]]:
    """Every word that users see on our sheets, and a pattern of those with something filled in."""
    said = set(_leaves([tomllib.loads(path.read_text("utf-8")) for path in _templates()]))
    report = layout("report")
    for rules, sheet in ((self_check.task_rules, report["tasks"]), (self_check.item_rules, report["items"])):
        known = self_check.vocabulary(sheet)
        said |= {rule.words.format_map(_Kept(known)) for rule in rules(sheet)}
        said |= {f"{self_check.LACKS} {column.heading}" for column in self_check.required(sheet)}
    said |= {self_check.ALL_DONE, self_check.TO_DO, ribbon_tab().label}
    blank = re.compile(r"\{\w+\}")
    told = [each for each in said if "{" in each and len(blank.sub("", each)) >= _ENOUGH]
    filled = [".+?".join(map(re.escape, blank.split(each))) for each in told]
    return frozenset(said), re.compile("|".join(filled))


_ENOUGH = 4
"""So many characters beside its blanks make a text one that can be known again."""


def _templates() -> list[Path]:
    return [*(ROOT / "workbook_templates").glob("*.toml"), ROOT / "vba_shim/buttons.toml"]


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value.removesuffix("：")
    elif isinstance(value, dict):
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each)


class _Kept(dict[str, Any]):
    """What is not known stays as it is written."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def is_ours(word: str) -> bool:
    """Whether users see the word on a sheet of ours."""
    words, filled = vocabulary()
    return word in words or bool(filled.fullmatch(word))


@pytest.mark.parametrize("page", MANUALS, ids=lambda page: page.name)
def test_every_word_of_a_sheet_is_one(page: Path) -> None:
    quoted = set(re.findall(r"“(.+?)”", visible(page)))
    assert sorted(word for word in quoted if not is_ours(word)) == []


def test_a_word_that_is_on_no_sheet_is_told() -> None:
    assert is_ours("跟踪台账")
    assert is_ours("初审人与复审人相同")
    assert not is_ours("跟踪表")


@pytest.mark.parametrize("page", MANUALS, ids=lambda page: page.name)
def test_every_code_and_setting_is_one(page: Path) -> None:
    named = {each for each in code(visible(page)) if re.fullmatch(r"[a-z]+(_[a-z]+)+", each)}
    assert named <= CATALOGUE.keys() | {setting.rpartition(".")[2] for setting in every_setting()}


@pytest.mark.parametrize("page", MANUALS, ids=lambda page: page.name)
def test_every_picture_and_page_is_there(page: Path) -> None:
    text = visible(page)
    linked = [target for target in re.findall(r"\]\(([^)#]+)", text) if "://" not in target]
    named = [each for each in code(text) if re.fullmatch(r"[\w-]+\.md", each)]
    assert [each for each in [*linked, *named] if not (DOCS / each).exists()] == []


def test_every_picture_is_made_of_the_running_program() -> None:
    made = set(re.findall(r"docs/pictures .*--name ([\w-]+)", (ROOT / "Makefile").read_text(encoding="utf-8")))
    assert {path.stem for path in (DOCS / "pictures").iterdir()} == made


# --- what is there is documented ------------------------------------------------------------------


def test_the_page_of_commands_is_up_to_date() -> None:
    current = make_commands.PAGE.read_text(encoding="utf-8") == make_commands.page()
    assert current, f"docs/commands.md is stale; run {make_commands.COMMAND}"


def test_every_command_is_in_a_page_that_somebody_wrote() -> None:
    named = {" ".join(words[:size]) for page in BY_HAND for words in command_lines(visible(page)) for size in (1, 2)}
    assert sorted(COMMANDS.keys() - named) == []


def test_every_button_is_in_the_office_manual_and_has_a_command_beside_it() -> None:
    labels = {button.label for button in ribbon_tab().buttons.values()}
    rows = re.findall(r"^\| 【(.+?)】 \|.*\| ([^|]+) \|$", visible(OFFICE), re.MULTILINE)
    assert sorted(labels - {label for label, _ in rows}) == []
    table, *_ = visible(DOCS / "wps-and-linux.md").partition("\n## 没有按钮的命令")
    assert set(re.findall(r"^\| ([^|]+) \| .+ \| .*\|$", table, re.MULTILINE)) - {"按钮"} == labels


def test_every_command_is_in_the_page_for_those_without_buttons() -> None:
    """A command that a button has stands beside it, the others in a table of their own."""
    named = {words[0] for words in command_lines(visible(DOCS / "wps-and-linux.md"))}
    assert sorted({name.partition(" ")[0] for name in COMMANDS} - named) == []


def headings() -> Iterator[tuple[str, str, list[str]]]:
    """Template, sheet and column headings of every workbook."""
    for path in sorted((ROOT / "workbook_templates").glob("*.toml")):
        for sheet in tomllib.loads(path.read_text(encoding="utf-8")).get("sheets", {}).values():
            yield path.stem, sheet["name"], [each["heading"] for each in sheet.get("columns", ())]


def sections() -> list[tuple[str, str]]:
    """The name of each sheet in docs/tables.md, and what is said of it."""
    return re.findall(r"^### (.+)\n((?:(?!^##).*\n?)*)", visible(TABLES), re.MULTILINE)


@pytest.mark.parametrize(("template", "sheet", "columns"), list(headings()), ids=lambda value: str(value)[:20])
def test_every_sheet_and_column_is_explained(template: str, sheet: str, columns: list[str]) -> None:
    if not columns and f"“{sheet}”" in visible(TABLES):
        return  # hidden, or explained where it is named
    told = [set(re.findall(r"“(.+?)”", text)) for name, text in sections() if name == sheet]
    assert told, f"docs/tables.md says nothing of {sheet}"
    assert any(set(columns) <= each for each in told), sorted(set(columns) - set.union(*told))


def test_the_page_of_settings_has_every_setting_and_no_other() -> None:
    first = re.findall(r"^\| (`[^|]+) \|", visible(DOCS / "settings.md"), re.MULTILINE)
    named = [name for cell in first for name in re.findall(r"`([\w.]+)`", cell)]
    assert sorted(named) == sorted(every_setting())


def test_every_variable_of_the_environment_is_told() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "zwgk_excel").rglob("*.py"))
    told = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert {name for name in re.findall(r'"(ZWGK_[A-Z_]+)"', sources) if name not in told} == set()


# --- what waits ------------------------------------------------------------------------------------


def waiting() -> Iterator[tuple[str, str]]:
    """The name and the text of every section in a comment."""
    for page in PAGES:
        yield from re.findall(r"<!-- (\S+)\n(.*?)-->", page.read_text(encoding="utf-8"), re.DOTALL)


def _is_setting(name: str) -> bool:
    """Whether a dotted name begins as a setting does."""
    return name.partition(".")[0] in {setting.partition(".")[0] for setting in every_setting()}


def missing_in(text: str) -> set[str]:
    """What a text names and is not there."""
    labels = {button.label for button in ribbon_tab().buttons.values()}
    makefile, settings = (ROOT / "Makefile").read_text(encoding="utf-8"), every_setting()
    return {
        *(word for word in re.findall(r"“(.+?)”", text) if not is_ours(word)),
        *(label for label in re.findall(r"【(.+?)】", text) if label not in labels),
        *(found for words in command_lines(text) if (found := fault(words))),
        *(name for name in re.findall(r"`([a-z_]+\.[a-z_.]+)`", text) if _is_setting(name) and name not in settings),
        *(target for target in re.findall(r"`make ([\w-]+)`", text) if f"\n{target}:" not in makefile),
    }


def test_a_section_is_uncovered_when_all_that_it_names_is_there() -> None:
    assert [name for name, text in waiting() if not missing_in(text)] == []


def test_what_a_section_waits_for_is_told() -> None:
    text = "【汇总】“跟踪台账”`zwgk status 2026-11``make demo``office.name`"
    assert missing_in(text) == set()
    assert missing_in(text.replace("name", "nickname")) == {"office.nickname"}
    assert missing_in(text.replace("汇总", "汇集")) == {"汇集"}
    assert missing_in(text.replace("demo", "tea")) == {"tea"}


# --- the Word documents ----------------------------------------------------------------------------


@pytest.mark.parametrize("source", make_manuals.MANUALS, ids=lambda source: source.stem)
def test_the_word_document_says_what_its_markdown_says(source: Path) -> None:
    shipped = make_manuals.MANUALS[source].made
    current = make_manuals.text_of(shipped.read_bytes()) == make_manuals.text_of(make_manuals.made(source))
    assert current, f"{shipped.name} is stale; run {make_manuals.COMMAND}"
    said = "".join(make_manuals.text_of(shipped.read_bytes()))
    assert said.count("▣") == len(re.findall(r"^!\[", visible(source), re.MULTILINE)) > 0
    assert not re.search(r"[`]|\*\*|<!--", said)


def test_a_changed_manual_makes_its_document_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "手册.md"
    look = make_manuals.MANUALS[REPORT]
    monkeypatch.setattr(make_manuals, "MANUALS", {source: look})
    shutil.copytree(DOCS / "pictures", tmp_path / "pictures")
    text = REPORT.read_text(encoding="utf-8")
    source.write_text(text, encoding="utf-8")
    assert not make_manuals.is_stale(source)
    source.write_text(text.replace("四", "五") + "\n多一句。\n", encoding="utf-8")
    assert make_manuals.is_stale(source)


def test_the_pictures_are_inside() -> None:
    with zipfile.ZipFile(make_manuals.MANUALS[OFFICE].made) as document:
        pictures = [name for name in document.namelist() if name.endswith(".png")]
    assert len(pictures) == len(set(re.findall(r"\]\((pictures/[^)]+)", visible(OFFICE))))


def test_the_manual_of_the_units_is_one_page() -> None:
    require("soffice")
    document = make_manuals.MANUALS[REPORT].made
    made = to_pdf(shutil.which("soffice") or "soffice", {document.name: document.read_bytes()})
    assert len(re.findall(rb"/Type\s*/Page\b", made[document.name])) == 1
