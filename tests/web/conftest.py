from collections.abc import Iterator

import pytest

from tests.web.site import Site, running


@pytest.fixture(scope="module")
def site(authority) -> Iterator[Site]:
    """The site, one for the tests of a module."""
    with running(authority) as made:
        yield made
