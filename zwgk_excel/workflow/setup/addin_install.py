"""Installs the Excel add-in for the current user, with a manifest of what was written."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path

from zwgk_excel.version import __version__
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workbooks.xlam.addin_package import macos_script, xlwings_version
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.setup.addin_build import addin_bytes
from zwgk_excel.workflow.setup.addin_paths import AddinPaths, Environment, addin_paths

_EXCEL_IS_OPEN = "Excel 正在运行，{what}会不完整；请先关闭所有 Excel 窗口，再运行一次。"


@dataclass(frozen=True, slots=True)
class InstallManifest:
    """Path → SHA-256 of every installed file, and the configuration that existed before."""

    written: dict[str, tuple[str, ...]] = field(default_factory=dict)
    earlier_configuration: str = ""


@dataclass(frozen=True, slots=True)
class InstallStatus:
    """The installed state; ``faults`` are sentences, empty when everything matches."""

    addin: Path
    installed: bool
    configuration: Path
    interpreter: str
    """As configured, empty for none."""
    version: str
    """Of this package, as the other one is of the installed xlwings."""
    xlwings: str
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UninstallResult:
    """The result of uninstall."""

    removed: tuple[Path, ...]
    restored: tuple[Path, ...]
    kept: tuple[Path, ...]
    """Files that were changed after the installation."""


def install(environment: Environment) -> InstallStatus:
    """Install the add-in and its configuration; repeatable.

    Raises UserError; every file is then either old or new, and uninstall handles both.
    """
    where = addin_paths(environment)
    files = _files_to_write(environment, where)
    _refuse_while_running(environment, "安装")
    before = _read_record(where)
    try:
        earlier = _set_aside(where, before) or before.earlier_configuration
        # The record first: whatever comes of the rest, uninstall knows it.
        write_atomic(where.record, _as_json(InstallManifest(_written(where, before, files), earlier)))
        for path, content in files.items():
            write_atomic(path, content)
    except OSError as error:
        raise _not_written(error) from None
    return status(environment)


def uninstall(environment: Environment) -> UninstallResult:
    """Remove the installed files and nothing else; restore an earlier configuration. Raises UserError."""
    where = addin_paths(environment)
    record = _read_record(where)
    if not record.written:
        raise UserError("没有安装记录，没有可以卸载的加载项。")
    _refuse_while_running(environment, "卸载")
    folders = {path.parent for path in (where.addin, where.configuration, where.script) if path}
    present = [path for path in map(Path, record.written) if path.parent in folders and path.is_file()]
    ours = [path for path in present if _is_own(path, record)]
    try:
        for path in ours:
            path.unlink()
        restored = _restore(where, record)
        where.record.unlink()
    except OSError as error:
        raise _not_written(error) from None
    if not any(where.record.parent.iterdir()):
        where.record.parent.rmdir()
    return UninstallResult(tuple(ours), restored, tuple(path for path in present if path not in ours))


def status(environment: Environment) -> InstallStatus:
    """What is installed and whether it matches this Python and this version.

    Raises UserError as :func:`addin_paths`.
    """
    where = addin_paths(environment)
    planned = _files_to_write(environment, where)
    settings = _settings(where.configuration, environment.encoding)
    interpreter = settings.get(where.interpreter_key, "")
    return InstallStatus(
        addin=where.addin,
        installed=where.addin.is_file(),
        configuration=where.configuration,
        interpreter=interpreter,
        version=__version__,
        xlwings=xlwings_version(),
        faults=tuple(_faults(environment, where, planned, interpreter)),
    )


def _faults(environment: Environment, where: AddinPaths, planned: dict[Path, bytes], interpreter: str) -> Iterable[str]:
    again = "请运行 zwgk addin install。"
    if not where.addin.is_file():
        yield f"尚未安装；{again}"
    elif where.addin.read_bytes() != planned[where.addin]:
        yield f"加载项不是由现在的 zwgk-excel 和 xlwings 生成的；{again}"
    if not interpreter:
        yield f"没有配置 Python 的位置（{where.configuration}）；{again}"
    elif not Path(interpreter).is_file():
        yield f"配置的 Python 已不存在：{interpreter}；{again}"
    elif Path(interpreter) != environment.interpreter:
        yield f"配置的 Python 是 {interpreter}，现在运行的是 {environment.interpreter}；如要改用现在的，{again}"
    if where.script and not where.script.is_file():
        yield f"缺少 {where.script}，Excel 启动不了 Python；{again}"


def _files_to_write(environment: Environment, where: AddinPaths) -> dict[Path, bytes]:
    """Path → content of every file; the one that Excel may hold open comes first."""
    files = {where.addin: addin_bytes(), where.configuration: _configuration(environment, where.interpreter_key)}
    if where.script:
        files[where.script] = macos_script()
    return files


def _configuration(environment: Environment, key: str) -> bytes:
    """The user's settings in the format of xlwings' VBA: quoted pairs, in the encoding of VBA's files."""
    stream = io.StringIO()
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerow((key, str(environment.interpreter)))
    try:
        return stream.getvalue().encode(environment.encoding)
    except UnicodeEncodeError:
        raise UserError(
            f"Python 的路径“{environment.interpreter}”中有本机系统代码页写不出的字，Excel 找不到它；"
            "请把 Python 装到只有英文字母的文件夹，再运行一次。"
        ) from None


def _settings(configuration: Path, encoding: str) -> dict[str, str]:
    if not configuration.is_file():
        return {}
    text = configuration.read_bytes().decode(encoding, errors="replace")
    return {row[0].upper(): row[1] for row in csv.reader(io.StringIO(text)) if len(row) == 2}


def _set_aside(where: AddinPaths, before: InstallManifest) -> str:
    """Rename a configuration that install did not write; returns the new name, empty for none."""
    present = where.configuration
    if not present.is_file() or _is_own(present, before):
        return ""
    names = (present.with_name(f"{present.name}.before{number or ''}") for number in count())
    content = present.read_bytes()
    kept = next(path for path in names if not path.exists() or path.read_bytes() == content)
    write_atomic(kept, content)
    return str(kept)


def _written(where: AddinPaths, before: InstallManifest, files: dict[Path, bytes]) -> dict[str, tuple[str, ...]]:
    """The files of the manifest, including those of earlier installations, in case this one fails half-way."""
    # The script may be there for other users of xlwings; then it is not ours to remove.
    own = [path for path in files if path != where.script or str(path) in before.written or not path.exists()]
    new = {str(path): {*before.written.get(str(path), ()), _sha256(files[path])} for path in own}
    return before.written | {path: tuple(sorted(hashes)) for path, hashes in new.items()}


def _is_own(path: Path, record: InstallManifest) -> bool:
    return _sha256(path.read_bytes()) in record.written.get(str(path), ())


def _restore(where: AddinPaths, record: InstallManifest) -> tuple[Path, ...]:
    earlier = Path(record.earlier_configuration)
    if not record.earlier_configuration or not earlier.is_file() or where.configuration.exists():
        return ()
    earlier.replace(where.configuration)
    return (where.configuration,)


def _read_record(where: AddinPaths) -> InstallManifest:
    from pydantic import TypeAdapter

    if not where.record.is_file():
        return InstallManifest()
    try:
        return TypeAdapter(InstallManifest).validate_json(where.record.read_bytes())
    except ValueError:
        raise UserError(f"安装记录“{where.record}”已损坏；请删除它，再运行 zwgk addin install。") from None


def _as_json(record: InstallManifest) -> bytes:
    return json.dumps(asdict(record), ensure_ascii=False, indent=2).encode("utf-8")


def _refuse_while_running(environment: Environment, what: str) -> None:
    if environment.excel_is_running():
        raise UserError(_EXCEL_IS_OPEN.format(what=what))


def _not_written(error: OSError) -> UserError:
    name = error.filename2 or error.filename
    if isinstance(error, PermissionError):
        return UserError(f"“{name}”正被占用或没有写入权限；请关闭所有 Excel 窗口，再运行一次。")
    return UserError(f"无法写入“{name}”：{reason_of(error)}。")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
