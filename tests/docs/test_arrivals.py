"""docs/arrivals.md names every kind of file and every service, in the words that users see."""

from __future__ import annotations

import re

import pytest

from tests.tools import ROOT
from zwgk_excel.domain import cloud_links
from zwgk_excel.domain.problem_catalogue import CATALOGUE
from zwgk_excel.workbooks.opening.file_kinds import COMPRESSED, FileKind, refusal

TEXT = (ROOT / "docs" / "arrivals.md").read_text(encoding="utf-8")
REFUSED = TEXT[TEXT.index("## 打不开的") : TEXT.index("## 邮件里只有链接")]


@pytest.mark.parametrize("kind", FileKind)
def test_every_kind_is_on_the_page_with_its_code(kind: FileKind):
    assert kind.value in TEXT
    rows = [line.split("|")[1:3] for line in REFUSED.splitlines() if kind.value in line]
    if rows and kind not in COMPRESSED:
        assert f"`{refusal(kind)}`" in [code.strip() for _, code in rows]


@pytest.mark.parametrize("service", cloud_links._SERVICES)
def test_every_service_is_on_the_page(service: str):
    assert service in TEXT


def test_the_codes_named_are_problems():
    named = set(re.findall(r"`([a-z]+_[a-z_]+)`", TEXT))
    assert named
    assert named <= CATALOGUE.keys()
