"""A folder of data files that is ours: marked as such, written whole or not at all, and nobody else's ever replaced."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from zwgk_excel.workbooks.writing.files import replacing_folder
from zwgk_excel.workflow.errors import UserError

DATA_SET_MARKER = "_zwgk.json"
"""The file that tells a folder of ours; readers of Parquet pass over names with an underscore."""


@contextmanager
def own_folder(folder: Path, about: Mapping[str, Any], what: str, tag: str = "") -> Iterator[Path]:
    """A new folder that takes the place of ours in ``folder`` when the block ends; ``about`` is kept in it as JSON.

    ``what`` is the step that writes, in Chinese, ``tag`` as in :func:`files.replacing_folder`. Raises UserError where
    ``folder`` holds something else, OSError where it cannot be written.
    """
    if folder.is_file() or (folder.exists() and not (folder / DATA_SET_MARKER).is_file() and any(folder.iterdir())):
        raise UserError(f"“{folder}”里有别的文件；{what}只替换自己写的数据集，请另选 --to 的文件夹。")
    with replacing_folder(folder, tag) as new:
        yield new
        (new / DATA_SET_MARKER).write_text(
            json.dumps(about, ensure_ascii=False, indent=2, default=str), encoding="utf-8"
        )
