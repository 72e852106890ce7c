"""The office opened and closed."""

import gc


def test_garbage_is_looked_for_rarely_while_it_is_open_and_as_before_afterwards(sent):
    before = gc.get_threshold()
    try:
        gc.set_threshold(700, 10, 10)  # a test of the command line raises it for the whole process
        with sent.open():
            assert gc.get_threshold()[0] > 700
        assert gc.get_threshold() == (700, 10, 10)
    finally:
        gc.set_threshold(*before)
