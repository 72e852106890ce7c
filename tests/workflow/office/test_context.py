"""The office opened and closed."""

import gc


def test_garbage_is_looked_for_rarely_while_it_is_open_and_as_before_afterwards(sent):
    before = gc.get_threshold()
    with sent.open():
        assert gc.get_threshold()[0] > before[0]
    assert gc.get_threshold() == before
