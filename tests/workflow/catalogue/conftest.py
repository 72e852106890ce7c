"""An office with the sample catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workflow.desk import Desk, with_duty
from zwgk_excel.workbooks.catalogue.sample import sample_catalogue
from zwgk_excel.workflow.catalogue import carry_out_import, plan_import


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A desk with a duty that asks for the catalogue as such."""
    desk.set_duties(with_duty("D24", content="基层政务公开标准目录信息报送"))
    return desk


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    path = tmp_path / "样表.xlsx"
    path.write_bytes(sample_catalogue())
    return path


@pytest.fixture
def tied(desk: Desk, sample: Path) -> Desk:
    """The office has adopted what is proposed: 市人社局 has two entries with D04, 金湖街道 one with D24."""
    with desk.open() as office:
        carry_out_import(office, plan_import(office, [sample], adopt=True), who="王芳")
    return desk
