"""Computers with WPS, played in folders: Windows, Linux, and UOS, where others' add-ins are listed already."""

from __future__ import annotations

import pytest

from zwgk_excel.workflow.office.trust import VARIABLE
from zwgk_excel.workflow.setup.addin_paths import Environment


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """A folder of settings that only this test has."""
    folder = tmp_path / "设置"
    monkeypatch.setenv(VARIABLE, str(folder))
    return folder / "wps"


@pytest.fixture(params=["win32", "linux"])
def computer(request, tmp_path):
    """A computer whose user and whose Python have names that are not English."""
    home = tmp_path / "用户" / "张 三"
    interpreter = home / "程序" / "python.exe"
    interpreter.parent.mkdir(parents=True)
    interpreter.write_bytes(b"MZ")
    return Environment(request.param, home, home / "AppData" / "Roaming", interpreter, "gbk", lambda: False)
