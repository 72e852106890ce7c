"""Wordings that people who used the program found wrong are gone from every text, and what replaces them is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tools import ROOT
from zwgk_excel.domain.problem_catalogue import CATALOGUE
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.resources import read_text
from zwgk_excel.workbooks.contract.cover_texts import TO_DO

GONE = {
    "处未填": "rows are counted, of which some are filled and wrong",
    "从新报送件中消失": "it was left out by whoever reported again",
    "将贵单位": "the table is sent to the unit, not the unit",
    "发给你们": "one unit is written to",
    "今天已发过": "a reminder says when, not that it was today",
    "由root": "an account is no person",
    "没有应立项": "said beside a list of those who are",
}
"""Words that were found wrong, with why."""
_ALIAS = re.compile("^aliases = .*$", re.MULTILINE)
"""Headings by which trackers of earlier versions are read."""


def texts() -> Iterator[tuple[Path, str]]:
    """Every file of the program that may hold a text for users."""
    for pattern in ("workbook_templates/*.toml", "workbook_templates/*.txt", "zwgk_excel/**/*.py"):
        for path in sorted(ROOT.glob(pattern)):
            yield path, _ALIAS.sub("", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("words", GONE)
def test_no_text_has_words_that_were_found_wrong(words: str) -> None:
    assert [str(path.relative_to(ROOT)) for path, text in texts() if words in text] == []


def test_the_places_are_searched() -> None:
    assert len(dict(texts())) > 300
    assert any("填写完整" in text or "填报完整" in text for _, text in texts())


def test_the_words_that_took_their_place() -> None:
    assert TO_DO == "还有 {count} 行未填或有误"
    scores = layout("tracker")["scores"]
    assert (scores["points"].heading, scores["reason"].heading) == ("加减分", "加减分原因")
    missing, vanished = CATALOGUE["item_field_missing"], CATALOGUE["items_vanished"]
    assert (missing.found, missing.action) == ("缺{heading}（必填）", "请补填")
    assert vanished.found.startswith("重新报送时漏列原已报的")
    assert "现将${month}政务公开信息报送表发给贵单位（见附件）" in read_text("mail_issue.txt")
