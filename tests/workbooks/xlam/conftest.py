"""The add-in as it is built here, once for all tests."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from tests.workbooks.xlam.vba import olevba
from zwgk_excel.workflow.setup.addin_build import addin_bytes


@pytest.fixture(scope="session")
def addin() -> bytes:
    """The built ``.xlam``."""
    return addin_bytes()


@pytest.fixture(scope="session")
def parts(addin: bytes) -> dict[str, bytes]:
    """Its parts by name."""
    with zipfile.ZipFile(io.BytesIO(addin)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="session")
def addin_file(addin: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built ``.xlam`` in a folder."""
    path = tmp_path_factory.mktemp("加载项") / "zwgk.xlam"
    path.write_bytes(addin)
    return path


@pytest.fixture(scope="session")
def extracted(addin_file: Path) -> dict[str, str]:
    """The sources of the built add-in as olevba reads them, by module."""
    parser = olevba().VBA_Parser(str(addin_file))
    try:
        return {stream.rpartition("/")[2]: code for _, stream, _, code in parser.extract_macros()}
    finally:
        parser.close()
