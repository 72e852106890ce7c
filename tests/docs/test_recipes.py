"""docs/recipes.md, followed to the letter: each recipe in a copy of the checkout, and then what it says to check."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.tools import ROOT
from tests.tree import Tree

PAGE = ROOT / "docs/recipes.md"
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^(?P<said>[^\n]*):\n\n```\w+\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_AT = re.compile(r"In `(?P<file>[^`]+)`, (?P<how>after|instead of) `(?P<line>.+)`")
_END = re.compile(r"(At the end of|New file) `(?P<file>[^`]+)`")


@dataclass(frozen=True)
class Step:
    """One block of a recipe: what is said before it, and what stands in it."""

    said: str
    text: str

    def follow(self, tree: Tree) -> None:
        """Do in ``tree`` what is said."""
        if self.said == "Check":
            for command in self.text.splitlines():
                tree.check(command)
        elif at := _AT.fullmatch(self.said):
            put = tree.insert if at["how"] == "after" else tree.replace
            put(at["file"], at["line"], self.text)
        else:
            end = _END.fullmatch(self.said)
            assert end, f"not understood: {self.said}"
            assert (tree.root / end["file"]).exists() == self.said.startswith("At the end")
            tree.append(end["file"], self.text)


def recipes() -> Iterator[tuple[str, str]]:
    """The name of each recipe, and its text."""
    _, *parts = _SECTION.split(PAGE.read_text(encoding="utf-8"))
    yield from zip(parts[::2], parts[1::2], strict=True)


RECIPES = dict(recipes())


def steps(name: str) -> list[Step]:
    """What is to be done, in turn; first what another recipe says that this one asks for."""
    text = RECIPES[name]
    before = re.match(r"\s*First \*(.+?)\*", text)
    own = [Step(found["said"], found["text"].removesuffix("\n")) for found in _BLOCK.finditer(text)]
    return [*(steps(before[1]) if before else ()), *own]


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_it_works(name: str, tmp_path: Path) -> None:
    tree = Tree(tmp_path / "copy")
    for step in steps(name):
        step.follow(tree)
    if name == "A button":
        assert_in_ribbon(tree.root / "zwgk.xlam")


def assert_in_ribbon(built: Path) -> None:
    """The new button stands in its group, behind the one before it in the table."""
    with zipfile.ZipFile(built) as addin:
        ribbon = addin.read("customUI/customUI14.xml").decode()
    place = ribbon.index('id="zwgkOpenBulletins" tag="open_bulletins" label="打开通报"')
    assert ribbon.index('id="zwgkPublish"') < place < ribbon.index('id="zwgkTools"')


@pytest.mark.parametrize("name", RECIPES)
def test_every_block_is_followed_and_something_is_checked(name: str) -> None:
    assert RECIPES[name].count("\n```") == 2 * len(_BLOCK.findall(RECIPES[name]))
    assert [step.said for step in steps(name)][-1] == "Check"


def test_what_developers_add_most_has_a_recipe() -> None:
    assert list(RECIPES) == ["A column", "A duty", "A problem", "A rule", "A button", "A mail text", "A ledger column"]
