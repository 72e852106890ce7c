import pytest

from tests.workflow.desk import CYCLE, Desk, new_desk
from zwgk_excel.workflow.issuing.generation import generate


@pytest.fixture
def desk(tmp_path) -> Desk:
    """A workspace with the small tables, nothing sent yet."""
    return new_desk(tmp_path)


@pytest.fixture
def sent(desk) -> Desk:
    """A workspace whose November workbooks went out on the 2nd."""
    with desk.open() as office:
        generate(office, CYCLE, as_of=desk.now.date())
    return desk
