"""Names from outside: allowed everywhere, seen by the scan, never longer than a file system takes."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zwgk_excel.domain.file_names import (
    LONGEST,
    acting_name,
    acts,
    left_behind,
    may_open,
    numbered,
    safe_name,
    safe_part,
)


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
        ("~$表.xlsx", "_~_表.xlsx"),
        (".隐藏.xlsx", "_.隐藏.xlsx"),
        ("表\u202excod.xlsx", "表xcod.xlsx"),
        ("a\tb\x00.xlsx", "ab.xlsx"),
        ('表<>:"|?*.xlsx', "表_______.xlsx"),
        ("$(touch X).xlsx", "_(touch X).xlsx"),
        ("`touch X`;x&y|z.xlsx", "_touch X__x_y_z.xlsx"),
        ("%PATH%'!^.xlsx", "_PATH____.xlsx"),
        ("a\n-rf.xlsx", "a-rf.xlsx"),
        ("..", "未命名"),
        ("", "未命名"),
        ("///", "未命名"),
        ("长" * 100 + ".xlsx", "长" * 65 + ".xlsx"),
        ("a." + "b" * 300, "a." + "b" * 198),
    ],
)
def test_examples(name, safe):
    assert safe_name(name) == safe


@pytest.mark.parametrize(
    "path",
    [
        "报送/~$表.xlsx", "报送/._表.xlsx", "报送/.~lock.表.xlsx#", "报送/.~表.xlsx", "报送/__MACOSX/表.xlsx",
        "报送\\Thumbs.db", "$RECYCLE.BIN/desktop.ini", "$Recycle.Bin/表.xlsx", "DESKTOP.INI", "Icon", "Icon\r",
        ".DS_Store", "~WRL0001.tmp",
        "ehthumbs.db", "0A1B2C3D.tmp", "System Volume Information/x", "@eaDir/表.xlsx", ".隐藏/表.xlsx",
    ],
)  # fmt: skip
def test_what_nobody_sent(path):
    assert left_behind(path)


@pytest.mark.parametrize(
    "path",
    ["表.xlsx", "./表.xlsx", "../表.xlsx", "表.lnk", "~表.xlsx", "表.tmp", "Icon.xlsx", "thumbs.db.xlsx", "", "a/表~$"],
)
def test_what_somebody_may_have_sent(path):
    assert not left_behind(path)


@pytest.mark.parametrize(
    "name",
    [
        "zwgk.toml", "ZWGK.TOML ", "报送/zwgk.toml.", "zwgk\u200b.toml", "zwgk.db", "zwgk.db-wal", "zwgk.db-lock",
        "multiprocessing.py", "zwgk_excel.PYD", "a.pth", "ca.pem", "ca.crt", "通知.exe", "通知.xlsx.lnk", "通知.ｅｘｅ",
        "通知.hta", "通知.js", "通知.url", "通知.scr", "通知.ps1", "通知.library-ms", "desktop.ini", "autorun.inf",
        "通知.{ED7BA470-8E54-465E-825C-99712043E01C}", "长" * 100 + ".exe", "加载.xll", ".py",
    ],
)  # fmt: skip
def test_a_name_that_acts_is_kept_apart_and_told(name):
    safe = safe_name(name)
    assert safe.endswith(".隔离")
    assert not acts(safe)
    assert acts(acting_name(safe))
    assert acting_name(numbered(safe, 2)) == acting_name(safe)
    assert len(safe.encode()) <= LONGEST


@pytest.mark.parametrize(
    "name", ["表.xlsx", "宏.xlsm", "责任分工表.xlsx", "照片.jpg", "网页.htm", "包.zip", "zwgk.toml.txt", "py", "x.隔离"]
)
def test_what_does_nothing_keeps_its_name(name):
    assert (safe_name(name), acting_name(name)) == (name, "")


@pytest.mark.parametrize("path", ["收件箱/表.xlsx", "收件箱/邮件/1/表.PDF", "通报/通报.docx", "表.et", "图.jpg"])
def test_a_link_opens_tables_documents_and_pictures(path):
    assert may_open(path)


@pytest.mark.parametrize(
    "path",
    [
        "表.hta", "表.lnk", "表.exe", "表.js", "表.url", "表.scr", "表.xlsm", "表.xlsb", "表.xlam", "表.docm",
        "表.html", "表.mht", "表.svg", "表.iqy", "表.slk", "表.rtf", "表.zip", "表.eml", "表.xlsx.exe", "表",
        "表.xlsx ", "表.ｘｌｓｘ", "表.xlsx.", "", "表.xlsx/", "/表.xlsx", "../表.xlsx", "收件箱//表.xlsx", "./表.xlsx",
        "收件箱\\..\\..\\表.xlsx", "\\\\host\\表.xlsx", "C:/表.xlsx", "http://host/表.xlsx", "表.exe:a.xlsx",
        "通知\u202excod.xlsx", "通知\u200b.xlsx", "通\n知.xlsx",
    ],
)  # fmt: skip
def test_a_link_opens_nothing_that_may_run_and_nothing_elsewhere(path):
    assert not may_open(path)


@given(st.text(max_size=100))
def test_no_safe_workbook_name_is_skipped(text):
    assert not left_behind(safe_name(f"{text}表.xlsx"))


@given(st.text(st.characters(exclude_categories=()), max_size=400))
@example("a" * 190 + ".zwgk.py" + "c" * 20)
@example("b" * 197 + ".py" + "c" * 20)
def test_any_text_becomes_a_safe_name_once_and_for_all(text):
    name = safe_name(text)
    assert 0 < len(name.encode()) <= LONGEST
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f]', name)
    assert not name.startswith((".", "~"))
    assert name == name.rstrip(". ")
    assert not any(unicodedata.category(char)[0] == "C" for char in name)
    assert safe_name(name) == name
    assert not acts(name)


@given(st.text(st.characters(exclude_categories=()), max_size=400))
@example("~$甲")
@example("con .乙")
def test_a_safe_part_makes_a_safe_name(text):
    part = safe_part(text, 120)
    assert 0 < len(part.encode()) <= 120
    whole = f"{part}_2026-11.xlsx"
    assert safe_name(whole) == whole


@given(st.text(max_size=300), st.integers(2, 999))
def test_a_numbered_name_keeps_its_suffix_and_is_safe(text, number):
    name = safe_name(f"{text}表.xlsx")
    assert numbered(name, 1) == name
    assert numbered(name, number).endswith(f"（{number}）.xlsx")
    assert len(numbered(name, number).encode()) <= 255
