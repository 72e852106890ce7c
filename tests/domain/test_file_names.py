"""Names from outside: allowed everywhere, seen by the scan, never longer than a file system takes."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zwgk_excel.domain.file_names import LONGEST, numbered, safe_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("市教育局_2026-11_信息报送表.xlsx", "市教育局_2026-11_信息报送表.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\文档\\表.xlsx", "表.xlsx"),
        ("CON", "_CON"),
        ("nul.xlsx", "_nul.xlsx"),
        ("com1 .xlsx", "_com1 .xlsx"),
        ("console.xlsx", "console.xlsx"),
        ("表.xlsx. . ", "表.xlsx"),
        ("~$表.xlsx", "_~$表.xlsx"),
        (".隐藏.xlsx", "_.隐藏.xlsx"),
        ("表\u202excod.xlsx", "表xcod.xlsx"),
        ("a\tb\x00.xlsx", "ab.xlsx"),
        ('表<>:"|?*.xlsx', "表_______.xlsx"),
        ("..", "未命名"),
        ("", "未命名"),
        ("///", "未命名"),
        ("长" * 100 + ".xlsx", "长" * 65 + ".xlsx"),
        ("a." + "b" * 300, "a." + "b" * 198),
    ],
)
def test_examples(name, safe):
    assert safe_name(name) == safe


@given(st.text(st.characters(exclude_categories=()), max_size=400))
def test_any_text_becomes_a_safe_name_once_and_for_all(text):
    name = safe_name(text)
    assert 0 < len(name.encode()) <= LONGEST
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f]', name)
    assert not name.startswith((".", "~"))
    assert name == name.rstrip(". ")
    assert not any(unicodedata.category(char)[0] == "C" for char in name)
    assert safe_name(name) == name


@given(st.text(max_size=300), st.integers(2, 999))
def test_a_numbered_name_keeps_its_suffix_and_is_safe(text, number):
    name = safe_name(f"{text}表.xlsx")
    assert numbered(name, 1) == name
    assert numbered(name, number).endswith(f"（{number}）.xlsx")
    assert len(numbered(name, number).encode()) <= 255
