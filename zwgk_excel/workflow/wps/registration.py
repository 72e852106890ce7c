"""Installs the add-in into WPS for the current user, takes it out again, and says whether WPS will load it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from zwgk_excel.version import __version__
from zwgk_excel.workbooks.opening.bounded_files import read_file
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.setup.addin_paths import Environment
from zwgk_excel.workflow.wps.addin_files import NAME, addin_files
from zwgk_excel.workflow.wps.addin_lists import LIST_BYTES, listed_version, with_entry, without_entry
from zwgk_excel.workflow.wps.note import note_path, private_folder
from zwgk_excel.workflow.wps.wps_paths import WpsPaths, wps_paths

_PRESCRIBED = re.compile(rb"^[ \t]*JSPluginsServer[ \t]*=[ \t]*(\S[^\r\n]*)", re.MULTILINE)
_AGAIN = "请运行 zwgk addin install --wps，再重新打开 WPS。"


@dataclass(frozen=True, slots=True)
class WpsManifest:
    """What install wrote, for uninstall: path → SHA-256 of files, and of lists also what they were before."""

    files: dict[str, str] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    earlier: dict[str, str] = field(default_factory=dict)
    """List → its bytes before, in base64; none for a list that was not there."""


@dataclass(frozen=True, slots=True)
class WpsStatus:
    """The installed state; ``faults`` are sentences, empty when WPS can load the add-in as it is."""

    folder: Path
    version: str
    """Of the entry in the list of WPS; empty for none."""
    gate: str
    """What WPS has noted about the user's consent: ``allowed``, ``refused``, ``pending`` or ``unknown``."""
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WpsRemoval:
    """The result of uninstall."""

    removed: tuple[Path, ...]
    """The add-in's folders, and lists that were not there before."""
    restored: tuple[Path, ...]
    """Lists without our entry, as they were before or as others have changed them since."""
    kept: tuple[Path, ...]
    """Files that were changed after the installation."""


def install(environment: Environment) -> WpsStatus:
    """Put the add-in into its folder and into the lists of WPS; repeatable.

    Raises UserError: with a list that cannot be understood, nothing is written; else every file is old or new, and
    uninstall handles both.
    """
    where = wps_paths(environment)
    before = _read_manifest()
    planned = {_addin_folder(where) / name: data for name, data in addin_files(environment.interpreter).items()}
    found = {path: _read(path) for path in _lists(where)}
    lists = {path: with_entry(content, path.name, __version__) for path, content in found.items()}
    _require_writable(found)
    earlier = dict(_earlier(found, before))
    try:
        # The record first: whatever comes of the rest, uninstall knows it.
        _write_manifest(WpsManifest(before.files | _hashes(planned), before.lists | _hashes(lists), earlier))
        for path, content in (planned | lists).items():
            write_atomic(path.resolve(), content)
        _remove([path for path in map(Path, before.files) if path not in planned], before.files)
        _write_manifest(WpsManifest(_hashes(planned), _hashes(lists), earlier))
    except OSError as error:
        raise _not_written(error) from None
    return status(environment)


def uninstall(environment: Environment) -> WpsRemoval:
    """Take our entry out of the lists of WPS and remove the add-in's files; a list that is as install left it becomes
    what it was before. Raises UserError."""
    where = wps_paths(environment)
    record = _read_manifest()
    if not record.files:
        raise UserError("没有安装记录，WPS 中没有可以卸载的加载项。")
    found = {path: _read(path) for path in (where.publish, where.plugins)}
    rest = {path: _without(path, content, record) for path, content in found.items() if content is not None}
    _require_writable(path for path, content in rest.items() if content != found[path])
    try:
        for path, content in rest.items():
            if content is None:
                path.unlink()
            else:
                write_atomic(path.resolve(), content)
        kept = _remove(map(Path, record.files), record.files)
        _manifest_path().unlink()
    except OSError as error:
        raise _not_written(error) from None
    folders = sorted({path.parent for path in map(Path, record.files) if path.parent.name != "images"})
    gone = [path for path in (*folders, *rest) if not path.exists()]
    changed = [path for path, content in rest.items() if content not in (None, found[path])]
    return WpsRemoval(tuple(gone), tuple(changed), tuple(kept))


def is_installed() -> bool:
    """Whether the user has installed the add-in, whatever became of it since. Raises UserError for a damaged record."""
    return bool(_read_manifest().files)


def status(environment: Environment) -> WpsStatus:
    """What is installed, and what keeps WPS from loading it. Raises UserError as :func:`wps_paths` and for lists that
    cannot be understood."""
    where = wps_paths(environment)
    content = _read(where.publish)
    version = listed_version(content, where.publish.name) if content is not None else None
    gate = _gate(where)
    return WpsStatus(_addin_folder(where), version or "", gate, tuple(_faults(environment, where, version, gate)))


def _faults(environment: Environment, where: WpsPaths, version: str | None, gate: str) -> Iterator[str]:
    if version is None:
        yield f"还没有装进 WPS；{_AGAIN}"
        return
    folder = _addin_folder(where)
    if version != __version__:
        yield f"装在 WPS 里的是 {version} 版，本程序是 {__version__} 版；{_AGAIN}"
    elif any(_read(folder / name) != data for name, data in addin_files(environment.interpreter).items()):
        yield f"WPS 里的加载项不是由现在的 Python 和 zwgk-excel 装的；{_AGAIN}"
    if not environment.interpreter.is_file():
        yield f"启动服务用的 Python 已不存在：{environment.interpreter}；{_AGAIN}"
    if gate == "refused":
        yield "WPS 没有启用这个加载项，按钮不起作用；请在 WPS 表格的加载项管理中启用“zwgk”，再重新打开 WPS。"
    if gate == "pending":
        yield "WPS 还没有加载这个加载项：请打开 WPS 表格，问是否信任时选“允许”，再关闭 WPS 重新打开。"
    for path in where.prescriptions:
        if found := _PRESCRIBED.search(_read(path) or b""):
            address = found[1].decode("utf-8", errors="replace").strip()
            if address != str(where.plugins):
                yield f"“{path}”规定了加载项列表 {address}，WPS 可能只认那一份；选项卡不出现时请找管理员。"


def _gate(where: WpsPaths) -> str:
    """What WPS has noted about the user's consent to the add-in in its spreadsheets; WPS writes it, we only read."""
    with suppress(OSError, ValueError, RecursionError, UserError):
        noted = json.loads(_read(where.gate) or b"{}")
        entries = noted.get("et") if isinstance(noted, dict) else None
        for entry in entries.values() if isinstance(entries, dict) else ():
            if isinstance(entry, dict) and entry.get("name") == NAME:
                if entry.get("enable") is False:
                    return "refused"
                return "pending" if entry.get("isload") is False else "allowed"
    return "unknown"


def _addin_folder(where: WpsPaths) -> Path:
    return where.addins / f"{NAME}_{__version__}"


def _lists(where: WpsPaths) -> list[Path]:
    """The lists that get our entry: the second only where somebody uses it."""
    return [where.publish, *([where.plugins] if where.plugins.exists() else [])]


def _earlier(found: dict[Path, bytes | None], before: WpsManifest) -> Iterator[tuple[str, str]]:
    """What the lists were before we came, as the manifest keeps it."""
    for path, content in found.items():
        if content is None:
            continue
        if before.lists.get(str(path)) == _sha256(content):
            if str(path) in before.earlier:
                yield str(path), before.earlier[str(path)]
        else:
            yield str(path), base64.b64encode(without_entry(content, path.name)).decode("ascii")


def _without(path: Path, content: bytes, record: WpsManifest) -> bytes | None:
    """What a list is to be without us; None where it is to be gone."""
    if record.lists.get(str(path)) != _sha256(content):
        return without_entry(content, path.name)
    earlier = record.earlier.get(str(path))
    return None if earlier is None else base64.b64decode(earlier)


def _remove(paths: Iterable[Path], hashes: dict[str, str]) -> list[Path]:
    """Remove files that are as they were written, and the folders that they leave empty; the kept."""
    present = [path for path in paths if path.is_file()]
    ours = [path for path in present if _sha256(path.read_bytes()) == hashes[str(path)]]
    for path in ours:
        path.unlink()
    for folder in sorted({each for path in ours for each in (path.parent, path.parent.parent)}, reverse=True):
        if folder.name == "images" or folder.name.startswith(f"{NAME}_"):
            with suppress(OSError):  # somebody's own file lies in it
                folder.rmdir()
    return [path for path in present if path not in ours]


def _require_writable(lists: Iterable[Path]) -> None:
    """Raise UserError for a list that somebody has made read-only: it would be replaced all the same."""
    for path in lists:
        if path.exists() and not path.stat().st_mode & stat.S_IWUSR:
            raise UserError(f"“{path}”是只读的，没有改动它；可能是单位统一规定的，请问管理员，或去掉只读再运行一次。")


def _read(path: Path) -> bytes | None:
    """A file of the user's, of the size that is read at all; None where it is not there. Raises UserError."""
    try:
        return read_file(path, LIST_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UserError(f"无法读取“{path}”：{reason_of(error)}；没有改动它。") from None


def _manifest_path() -> Path:
    return note_path().with_name("installed.json")


def _read_manifest() -> WpsManifest:
    from pydantic import TypeAdapter

    path = _manifest_path()
    if not path.is_file():
        return WpsManifest()
    try:
        return TypeAdapter(WpsManifest).validate_json(path.read_bytes())
    except ValueError:
        raise UserError(f"安装记录“{path}”已损坏；请删除它，再运行 zwgk addin install --wps。") from None


def _write_manifest(record: WpsManifest) -> None:
    private_folder()
    write_atomic(_manifest_path(), json.dumps(asdict(record), ensure_ascii=False, indent=1).encode())


def _hashes(files: dict[Path, bytes]) -> dict[str, str]:
    return {str(path): _sha256(data) for path, data in files.items()}


def _not_written(error: OSError) -> UserError:
    return UserError(f"无法写入“{error.filename2 or error.filename}”：{reason_of(error)}；请关闭 WPS，再运行一次。")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
