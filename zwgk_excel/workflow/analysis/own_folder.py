"""A folder of data files marked as ours: replaced atomically, never in place of other files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from zwgk_excel.workbooks.writing.files import replacing_folder
from zwgk_excel.workflow.analysis.columns import TABLES
from zwgk_excel.workflow.errors import UserError

DATA_SET_MARKER = "_zwgk.json"
"""The file that marks a folder as ours and lists its files; readers of Parquet skip names with an underscore."""
_FILES = "files"
_OF_SYSTEMS = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
"""What file managers put into any folder that somebody looks at, in lower case."""


@contextmanager
def own_folder(folder: Path, about: Mapping[str, Any], what: str, tag: str = "") -> Iterator[Path]:
    """A new folder that replaces ours at ``folder`` when the block ends.

    ``about`` is stored in it as JSON, with the list of the files written. ``what`` names the step in Chinese for
    messages, ``tag`` as in :func:`zwgk_excel.workbooks.writing.files.replacing_folder`. Raises UserError where
    ``folder`` is a file or holds one that is not listed, OSError where it cannot be written.
    """
    _refuse_others(folder, what)
    with replacing_folder(folder, tag) as new:
        yield new
        told = {**about, _FILES: sorted(_files(new))}
        (new / DATA_SET_MARKER).write_text(
            json.dumps(told, ensure_ascii=False, indent=2, default=str), encoding="utf-8"
        )
        _refuse_others(folder, what)  # what was put there in the meantime


def _refuse_others(folder: Path, what: str) -> None:
    """Raise UserError where a folder is a file, or holds a file that we did not write."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise UserError(f"“{folder}”已有同名的文件，不能{what}成文件夹；请另选 --to 的位置。")
    ours = _listed(folder)
    others = sorted(name for name in _files(folder) if not _is_ours(name, ours))
    if others:
        more = f"等 {len(others)} 个文件" if len(others) > 1 else ""
        raise UserError(
            f"“{folder}”里有别的文件（{others[0]}{more}）；{what}只替换自己写的文件夹，请另选 --to 的位置。"
        )


def _files(folder: Path) -> Iterator[str]:
    """Everything in a folder that is no folder, as relative paths with ``/``; links are not followed."""
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_dir():
            yield path.relative_to(folder).as_posix()


def _listed(folder: Path) -> frozenset[str] | None:
    """The files that the marker lists: none without a readable marker, None for one that has no list yet."""
    try:
        told = json.loads((folder / DATA_SET_MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return frozenset()
    files = told.get(_FILES) if isinstance(told, dict) else []
    return None if files is None else frozenset([DATA_SET_MARKER, *map(str, files)])


def _is_ours(name: str, listed: frozenset[str] | None) -> bool:
    """Whether a file is listed or, without a list, one that an earlier version wrote; a system's own never counts."""
    if name.rpartition("/")[2].casefold() in _OF_SYSTEMS:
        return True
    if listed is not None:
        return name in listed
    return name == DATA_SET_MARKER or name.endswith(".parquet") or name in {f"{table}.csv" for table in TABLES}
