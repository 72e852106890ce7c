"""Recognises sign-off lines (落款): who filled in a form, who reviewed it, seal and day, as people add them to forms.

The forms of official documents end so; a report workbook asks for none of it, and nothing is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from zwgk_excel.domain.text import clean

SIGN_OFF = "sign_off"
"""The code of the note on a cell that was read as a sign-off."""
REMARK = "row_remark"
"""The code of the note on a row with nothing but a remark on the table."""
_MOST = 100
"""Characters; longer texts say more than who signed."""
_ACT = (
    r"(?:单位|部门|科室|局|主管|分管|主要)*(?:填表|填报|制表|报送|上报|经办|审核|审批|审定|审签|复核|签发|初审|复审|终审|负责|联系)"
)
_ROLE = rf"{_ACT}(?:人员|人|员|领导|单位|部门|科室|情况|意见)?"
_WHEN = r"(?:填表|填报|制表|报送|上报|审核|签发)?(?:日期|时间)"
_ABOUT = rf"(?:{_ROLE}|(?:单位|部门|主管|分管|主要|局)*领导|(?:联系)?电话|{_WHEN})"
_LABEL = re.compile(rf"{_ABOUT}\s*(?:[（(]?(?:签字|签名|签章|盖章|姓名)[)）]?)?\s*[:：].*", re.DOTALL)
_LABEL_ALONE = re.compile(
    rf"(?:{_ACT}(?:人员|人|员|领导)|(?:单位|部门|主管|分管|主要|局)*领导|(?:联系)?电话|{_WHEN})\s*(?:[（(](?:签字|签名|签章)[)）])?"
)
"""A label without a colon, whose value stands in the next cell: ``填表人``, then ``张三``."""
_VALUE = re.compile(r"[^\W\d_][\w·\s（）()]{0,11}|[\d\s（）()—–-]{7,20}")
"""Such a value, unless it is a day: a name, perhaps with a rank, or a telephone."""
_SEAL = re.compile(r"[（(]?\s*(?:单位|部门|加盖)?(?:盖章|公章|签章|印章)处?\s*[)）]?")
_APPROVED = re.compile(
    r"(?:以上|上述|本表|此表|表中).{0,30}(?:审核|审签|审定|审阅|审批|核实|核对|把关|同意|属实|无误|真实).{0,20}",
    re.DOTALL,
)
_REMARK = re.compile(r"(?:其他|补充|有关|特别)?(?:备注|附注|注|说明|提示)\s*\d*\s*[:：]")
_SENTENCE = 10
"""Characters that a sentence has at least; shorter ones may be a cell's value."""
_DAY = re.compile(r"\d{4}\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}\s*日?")


def is_remark(text: str) -> bool:
    """Whether a text that stands alone in its row is a remark on the table: ``备注：…``, or a whole sentence."""
    plain = clean(text)
    return _REMARK.match(plain) is not None or (len(plain) >= _SENTENCE and plain.endswith(("。", "！")))


def is_sign_off(text: str) -> bool:
    """Whether a text by itself is a sign-off: ``填表人：张三``, ``（盖章）``, ``以上信息已经局领导审核``.

    A day alone is none.
    """
    plain = clean(text)
    return 0 < len(plain) <= _MOST and any(each.fullmatch(plain) for each in (_LABEL, _SEAL, _APPROVED))


def are_sign_offs(texts: Sequence[str]) -> bool:
    """Whether all texts of a row, from left to right, are sign-offs, each the value of the label before it, or days.

    At least one must be a sign-off by itself, or all of them days, or all labels without colons with a value each.
    """
    if _are_labelled(texts):
        return True
    found = [_is_part(text, before) for before, text in zip(("", *texts), texts, strict=False)]
    return bool(found) and all(found) and (any(map(is_sign_off, texts)) or are_days(texts))


def are_days(texts: Sequence[str]) -> bool:
    """Whether each text is a day, which alone may as well be one of an item that somebody began."""
    return all(map(_is_day, texts))


def _are_labelled(texts: Sequence[str]) -> bool:
    labels, values = texts[::2], texts[1::2]
    if not values or len(labels) != len(values):
        return False
    return all(map(_is_label, labels)) and not any(map(_is_label, values)) and all(map(_is_value, values))


def _is_label(text: str) -> bool:
    return _LABEL_ALONE.fullmatch(clean(text)) is not None


def _is_value(text: str) -> bool:
    return _is_day(text) or _VALUE.fullmatch(clean(text)) is not None


def _is_part(text: str, before: str) -> bool:
    opens = is_sign_off(before) and clean(before).endswith((":", "："))
    return is_sign_off(text) or _is_day(text) or (opens and len(clean(text)) <= _MOST)


def _is_day(text: str) -> bool:
    return _DAY.fullmatch(clean(text)) is not None
