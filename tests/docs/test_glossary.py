"""docs/glossary.md names what is there, in the words that users see, and leaves out no domain class and no room."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import pkgutil
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from enum import Enum
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest

import zwgk_excel

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/glossary.md"
WORDS, ENUMERATIONS, LISTS = "| word | 中文 | meaning |", "| word | 中文 | list |", "| list | 中文 |"
SETTLED = ("| word | here |", "| say | for |")
TEMPLATES = ROOT / "workbook_templates"


def tables(page: str) -> Iterator[tuple[str, list[list[str]]]]:
    """The heading line of every table, and the cells of its rows."""
    for block in re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE):
        heading, _, *rows = block.splitlines()
        yield heading, [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def rows(*headings: str) -> list[list[str]]:
    """The rows of the tables with these headings."""
    page = PAGE.read_text(encoding="utf-8")
    found = [row for heading, each in tables(page) if heading.startswith(headings) for row in each]
    assert found
    return found


def code(cell: str) -> str:
    """The one word of code that a cell is."""
    found = re.fullmatch(r"`([\w.]+)`", cell)
    assert found, cell
    return found[1]


def target(cell: str) -> str:
    """Where a cell's link leads, from the root; its text is the same, without ``zwgk_excel/``."""
    found = re.fullmatch(r"\[(.+)\]\(\.\./(.+)\)", cell)
    assert found, cell
    assert found[1] == found[2].removeprefix("zwgk_excel/")
    assert (ROOT / found[2]).exists(), found[2]
    return found[2]


def importable(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")


def has(owner: object, name: str) -> bool:
    fields = {each.name for each in dataclasses.fields(owner)} if dataclasses.is_dataclass(owner) else set()
    return name in fields or hasattr(owner, name)


def is_defined(module: ModuleType, word: str) -> bool:
    """Whether a module makes the name itself, so that the link leads to where it is and not to who borrows it."""
    tree = ast.parse(inspect.getsource(module))
    made = {getattr(node, "name", "") for node in tree.body}
    targets = [target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets]
    targets += [node.target for node in tree.body if isinstance(node, ast.AnnAssign)]
    return word in made | {each.id for each in targets if isinstance(each, ast.Name)}


def stands_there(word: str, path: str) -> bool:
    """Whether a package, a module, or what a module defines (or a member of that) has the name."""
    if not path.endswith(".py"):
        return f"zwgk_excel.{word}" == importable(path) and (ROOT / path / "__init__.py").is_file()
    module = importlib.import_module(importable(path))
    name, _, member = word.partition(".")
    if name == Path(path).stem and not member and not hasattr(module, name):
        return True
    return is_defined(module, name) and (not member or has(getattr(module, name), member))


def glossary() -> dict[str, str]:
    """Word → where it is."""
    return {code(row[0]): target(row[-1]) for row in rows(WORDS, ENUMERATIONS)}


def values(cell: str) -> dict[str, str]:
    """`` `reported` 已报, `nil` 零报告 `` as code → 中文."""
    return dict(re.findall(r"`(\w+)` ([^`]+?)(?:, (?=`)|$)", cell))


def lists() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((TEMPLATES / "lists.toml").read_text(encoding="utf-8"))


def packages() -> list[str]:
    found = pkgutil.walk_packages(zwgk_excel.__path__, "zwgk_excel.")
    return [each.name.removeprefix("zwgk_excel.") for each in found if each.ispkg]


def test_no_word_stands_twice():
    said = [code(row[0]) for row in rows(WORDS, ENUMERATIONS)]
    assert [word for word, times in Counter(said).items() if times > 1] == []
    said = [word for row in rows(*SETTLED) for word in row[0].split(", ")]
    assert [word for word, times in Counter(said).items() if times > 1] == []


def test_each_word_is_where_the_page_says():
    assert [word for word, path in glossary().items() if not stands_there(word, path)] == []


@pytest.mark.parametrize(
    ("word", "path"),
    [
        ("Receipt", "zwgk_excel/domain/problems.py"),
        ("Month", "zwgk_excel/domain/obligations.py"),  # borrows it
        ("Duty.colum", "zwgk_excel/domain/duties.py"),
        ("workflow.intakes", "zwgk_excel/workflow/intake"),
    ],
)
def test_a_word_that_is_elsewhere_is_told(word, path):
    assert not stands_there(word, path)


def test_every_class_of_the_domain_is_explained():
    modules = [
        importlib.import_module(each.name)
        for each in pkgutil.walk_packages(zwgk_excel.__path__, "zwgk_excel.")
        if each.name.startswith("zwgk_excel.domain")
    ]
    classes = {
        name
        for module in modules
        for name, value in vars(module).items()
        if inspect.isclass(value) and value.__module__ == module.__name__ and not name.startswith("_")
    }
    assert {"Duty", "TaskLookup", "CellReader"} <= classes
    assert classes - glossary().keys() == set()


def test_every_class_that_a_program_imports_is_explained():
    classes = {name for name in zwgk_excel.__all__ if inspect.isclass(getattr(zwgk_excel, name))}
    assert {"Office", "Outcome", "LedgerError"} <= classes
    assert classes - glossary().keys() == set()


def test_every_room_is_explained():
    assert set(packages()) - glossary().keys() == set()


def test_rooms_stand_in_the_order_that_import_linter_holds():
    order = {word: number for number, word in enumerate(glossary())}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    held = 0
    for contract in project["tool"]["importlinter"]["contracts"]:
        for container in contract.get("containers", []):
            prefix = f"{container}.".removeprefix("zwgk_excel.")
            layers = [[prefix + name for name in re.findall(r"\w+", layer)] for layer in reversed(contract["layers"])]
            numbers = [[order[name] for name in layer if name in order] for layer in layers]
            numbers = [layer for layer in numbers if layer]
            assert all(max(low) < min(high) for low, high in pairwise(numbers)), container
            held += len(numbers) > 1
    assert held > 3


def test_values_are_those_of_the_code_and_of_the_lists():
    for word, _, name, said, _ in rows(ENUMERATIONS):
        members = getattr(importlib.import_module(importable(glossary()[code(word)])), code(word))
        assert issubclass(members, Enum)
        assert list(values(said)) == [each.value for each in members], word
        if name != "—":
            listed = lists()[code(name)]
            assert values(said) == {each.value: listed[each.value] for each in members}, word


def test_an_enumeration_with_a_list_of_its_values_names_it():
    for word, _, name, said, _ in rows(ENUMERATIONS):
        same = [each for each, listed in lists().items() if list(listed) == list(values(said))]
        assert same in ([], [code(name)] if name != "—" else []), word


def test_every_list_is_explained():
    named = [code(row[2]) for row in rows(ENUMERATIONS) if row[2] != "—"]
    for name, _, _, said, where in rows(LISTS):
        assert values(said) == lists()[code(name)]
        assert target(where)
        named.append(code(name))
    assert sorted(named) == sorted(lists())


def test_chinese_words_are_those_that_users_see():
    files = [*TEMPLATES.glob("*.to*"), *TEMPLATES.glob("*.txt"), *(ROOT / "zwgk_excel/cli").glob("*.py")]
    files += [ROOT / "README.zh-CN.md", *(ROOT / "vba_shim").glob("*.toml")]
    seen = "".join(path.read_text(encoding="utf-8") for path in files)
    said = [word for row in rows(WORDS, ENUMERATIONS, LISTS) for word in row[1].split(", ") if word != "—"]
    assert [word for word in said if word not in seen] == []


def test_words_are_explained_by_words_of_the_page():
    known = glossary()
    shipped = {path.name for path in TEMPLATES.iterdir()}
    allowed = {value for row in rows(ENUMERATIONS) for value in values(row[3])} | shipped
    for row in rows(*SETTLED):
        for word in re.findall(r"`([^`]+)`", " ".join(row)):
            owner = word.partition(".")[0]
            assert word in {*known, *allowed} or (owner in known and stands_there(word, known[owner])), word


def parts(name: str) -> set[str]:
    """``ReaderPool`` and ``reader_pool`` as reader and pool; a plural counts as its singular too."""
    found = {part.casefold() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)}
    return found | {part.removesuffix("s") for part in found}


def public_names() -> Iterator[tuple[str, str]]:
    """Every class, function, method and field of the package that does not begin with ``_``, and its module."""
    for path in sorted((ROOT / "zwgk_excel").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node, "name", "") if isinstance(node, ast.ClassDef | ast.FunctionDef) else ""
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                name = node.target.id
            if name and not name.startswith("_"):
                yield name, path.relative_to(ROOT).as_posix()


def test_what_has_another_name_is_not_named_by_the_words_it_had():
    gone = {word for row in rows("| say | for |") for word in re.findall(r"\*(\w+)\*", row[2])}
    assert {"heir", "enclosure"} <= gone
    names = dict(public_names())
    assert "EscalationPolicy" in names
    assert {name: path for name, path in names.items() if parts(name) & gone} == {}
