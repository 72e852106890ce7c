"""A folder of data files marked as ours: replaced atomically, never in place of other files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from zwgk_excel.workbooks.writing.files import replacing_folder
from zwgk_excel.workflow.errors import UserError

DATA_SET_MARKER = "_zwgk.json"
"""The file that marks a folder as ours; readers of Parquet skip names with an underscore."""


@contextmanager
def own_folder(folder: Path, about: Mapping[str, Any], what: str, tag: str = "") -> Iterator[Path]:
    """A new folder that replaces ours at ``folder`` when the block ends; ``about`` is stored in it as JSON.

    ``what`` names the step in Chinese for messages, ``tag`` as in
    :func:`zwgk_excel.workbooks.writing.files.replacing_folder`. Raises UserError where ``folder`` holds other files,
    OSError where it cannot be written.
    """
    if folder.is_file() or (folder.exists() and not (folder / DATA_SET_MARKER).is_file() and any(folder.iterdir())):
        raise UserError(f"“{folder}”里有别的文件；{what}只替换自己写的数据集，请另选 --to 的文件夹。")
    with replacing_folder(folder, tag) as new:
        yield new
        (new / DATA_SET_MARKER).write_text(
            json.dumps(about, ensure_ascii=False, indent=2, default=str), encoding="utf-8"
        )
