"""Which texts look like telephone numbers."""

from __future__ import annotations

import pytest

from zwgk_excel.domain.telephones import are_telephones


@pytest.mark.parametrize(
    "text",
    [
        "13800000000",
        "138 0000 0000",
        "+86 138-0000-0000",
        "0714-8700000",
        "（0714）8700000",
        "０７１４－８７０００００",
        "0714-8700000转801",
        "010-87000000-12",
        "8700000",
        "400-870-0000",
        "0714-8700000、13800000000",
        "13800000000 / 8700000",
    ],
)
def test_however_people_write_them(text: str):
    assert are_telephones(text)


@pytest.mark.parametrize(
    "text",
    ["", "、", "张三", "无", "1380000000", "138000000000", "7148700000", "00123", "0714-8700000（办）", "8700000、1"],
)
def test_what_nobody_can_dial(text: str):
    assert not are_telephones(text)
