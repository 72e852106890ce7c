"""Commands to paste: in a real shell where there is one, and by the rules of Windows' two."""

import ast
import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.tools import ROOT
from zwgk_excel.cli.pasted import pasted

WORDS = st.text(st.characters(exclude_categories=("C", "Z"), include_characters=" "), min_size=1, max_size=30)


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")
@settings(max_examples=examples(60))
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


OURS = {
    *("cycle", "month", "wanted", "months.first", "period.first", "period.first.year", "Month.of(clock.today())"),
    *("last", "later", "next", "duty", "number", "plan.cycle", "act", "pasted(unit) or '单位名称'"),
    *("old", "new"),  # units of the roster, only where all of the name is letters
    "task",  # the number of a one-off task, T01, whose form is checked where it is read
    *("SERVICE", "account"),  # keyring set: the URL of the office's own settings, whose parts url_of has checked
}
"""What may stand in a command that is shown: months, numbers, quoted units."""
COMMAND = re.compile(r"\b(?:zwgk|keyring|sqlite3|crontab|loginctl) [a-z-][^，。；：（）”\n]*")
HOLE = re.compile(r"\{([^{}]*)\}")


def texts() -> list[tuple[str, str]]:
    """Every text of the package with holes to fill, and where it is."""
    found = []
    for path in sorted((ROOT / "zwgk_excel").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                found.append((f"{path.name}:{node.lineno}", "".join(map(written, node.values))))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append((f"{path.name}:{node.lineno}", node.value))
    for folder in ("workbook_templates", "vba_shim"):
        for path in sorted([*(ROOT / folder).glob("*.toml"), *(ROOT / folder).glob("*.txt")]):
            lines = path.read_text("utf-8").split("\n")
            found += [(f"{path.name}:{number}", line.partition("#")[0]) for number, line in enumerate(lines, 1)]
    return found


def written(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else f"{{{ast.unparse(part.value)}}}"  # type: ignore


def test_no_strangers_word_stands_in_a_command_that_is_shown():
    holes = [
        (where, hole)
        for where, text in texts()
        for command in COMMAND.findall(text)
        for hole in HOLE.findall(command)
    ]
    assert ("taken.py" in {where.partition(":")[0] for where, _ in holes}, len(holes) > 10) == (True, True)
    assert [(where, hole) for where, hole in holes if hole not in OURS] == []
