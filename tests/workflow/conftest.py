import pytest

from tests.workflow.desk import Desk, copied_desk, issue


@pytest.fixture
def desk(tmp_path) -> Desk:
    """A workspace with the small tables, nothing sent yet."""
    return copied_desk(tmp_path)


@pytest.fixture
def sent(desk) -> Desk:
    """A workspace whose November workbooks went out on the 2nd."""
    return issue(desk)
