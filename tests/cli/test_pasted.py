"""Commands to paste: in a real shell where there is one, and by the rules of Windows' two."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zwgk_excel.cli.pasted import pasted

WORDS = st.text(st.characters(exclude_categories=("C", "Z"), include_characters=" "), min_size=1, max_size=30)


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")
@settings(max_examples=60)
@given(st.lists(WORDS, min_size=1, max_size=3))
def test_a_shell_reads_the_words_that_were_meant(words):
    script = f'zwgk() {{ printf "%s\\0" "$@"; }}\n{pasted("zwgk", *words, windows=False)}'
    done = subprocess.run(["sh", "-c", script], capture_output=True, check=True)
    assert done.stdout.decode().split("\0")[:-1] == words
    assert done.stderr == b""


@pytest.mark.parametrize("word", ["收件箱/财政.xlsx", "2026-11", "--assign", "市财政局"])
@pytest.mark.parametrize("windows", [True, False])
def test_plain_words_stay_plain(word, windows):
    assert pasted("zwgk", word, windows=windows) == f"zwgk {word}"


@pytest.mark.parametrize(
    "word", ["a b.xlsx", "表（1）.xlsx", "a&calc&.xlsx", "a|b", "a;calc", "it's", "a^b", "@a", "a,b"]
)
def test_windows_takes_double_quotes(word):
    assert pasted("zwgk", word, windows=True) == f'zwgk "{word}"'


@pytest.mark.parametrize(
    "word",
    ["$(calc).xlsx", "`calc`", "%PATH%", 'a"&calc&"', "a\u201c;calc;\u201d", "a\u201eb", "a b\\", "a\nb", "a\x1bb"],
)
def test_what_double_quotes_do_not_hold_is_not_suggested_on_windows(word):
    assert pasted("zwgk", word, windows=True) == ""


@pytest.mark.parametrize("word", ["a\nb", "a\x1b[2Jb", "a\u202eb"])
def test_what_cannot_be_seen_is_not_suggested(word):
    assert pasted("zwgk", word, windows=False) == ""
