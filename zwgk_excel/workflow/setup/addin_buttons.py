"""The ribbon's buttons that this version can serve: the one list that the add-in, its builder and the tests go by.

A button is served when it stands here and :mod:`zwgk_excel.addin` has a function of its name; the others are grey.
"""

from __future__ import annotations

from collections.abc import Mapping

BUTTONS: Mapping[str, str] = {
    "generate": "生成报送表",
    "send": "发送",
    "fetch": "收取",
    "consolidate": "汇总",
    "remind": "催报",
    "assess": "考核评分",
    "publish": "生成通报",
    "open_workspace": "打开工作区",
    "check": "检查责任表",
    "open_inbox": "打开收件箱",
    "self_test": "自检",
    "help": "帮助",
}
"""Name of the function (the ``tag`` in the ribbon) → its label, as on the ribbon."""
