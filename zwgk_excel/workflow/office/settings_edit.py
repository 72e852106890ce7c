"""Changes settings in ``zwgk.toml``: comments and order stay, and nothing is written that could not be read again."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zwgk_excel.domain.addresses import is_address
from zwgk_excel.domain.text import clean
from zwgk_excel.layout.providers import Provider, provider_of
from zwgk_excel.layout.resources import read_toml
from zwgk_excel.layout.settings_table import EditableSetting, SettingKind, editable_settings
from zwgk_excel.workbooks.opening.bounded_files import read_file
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.office.settings import LARGEST, Settings, settings_of
from zwgk_excel.workflow.office.workspace import SETTINGS_FILE, open_workspace

_MARK = b"\xef\xbb\xbf"
_LAST_DAY = 31


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """The settings of a workspace as they were read, and what is to become of them."""

    path: Path
    data: bytes = field(repr=False)
    edited: bytes = field(repr=False)

    @property
    def settings(self) -> Settings:
        """The settings as they will be; raises UserError that names what is wrong."""
        return settings_of(self.edited, self.path.name)

    def value(self, key: str) -> str:
        """A setting as it will be, as it is typed; empty for none."""
        found = _found(self._raw, key)
        if found is None:
            found = _found(read_toml("policy.toml"), key)
        if found is None:
            found = _found(self.settings.model_dump(exclude={"policy", "ladder"}), key)
        return str(found["day"] if isinstance(found, Mapping) else found or "")

    def with_value(self, key: str, typed: str) -> SettingsFile:
        """The same with a setting changed, checked as when it is read; raises UserError.

        The host of a mail server that is known gets the port and the encryption that belong to it.
        """
        setting = _setting(key)
        values: dict[str, Any] = {key: self._typed(setting, typed.strip())}
        if key in _SERVERS:
            values |= self._server(key, typed.strip())
        text = self.edited.removeprefix(_MARK).decode("utf-8")
        for each, value in values.items():
            text = _put(text, each, value)
        mark = _MARK if self.edited.startswith(_MARK) else b""
        found = SettingsFile(self.path, self.data, mark + text.encode())
        _ = found.settings
        return found

    @property
    def provider(self) -> Provider | None:
        """The mail service of the office's mailbox, where it is known by its domain."""
        return provider_of(self.value("office.mailbox"))

    def proposed(self, key: str) -> str:
        """What a setting is, else what the office's mail service suggests for it."""
        if (known := self.value(key)) or key not in _SERVERS or self.provider is None:
            return known
        return self.provider.smtp.host if key == "mail.smtp.host" else self.provider.imap.host

    def changes(self) -> list[tuple[EditableSetting, str, str]]:
        """(Setting, what it was, what it will be) of those that differ."""
        before = SettingsFile(self.path, self.data, self.data)
        both = ((each, before.value(each.key), self.value(each.key)) for each in editable_settings())
        return [(each, then, now) for each, then, now in both if then != now]

    @property
    def _raw(self) -> dict[str, Any]:
        return tomllib.loads(self.edited.decode("utf-8-sig"))

    def _typed(self, setting: EditableSetting, typed: str) -> Any:
        if setting.required and not clean(typed):
            raise UserError(f"{setting.label}不能留空：它{setting.hint}。")
        if setting.kind is SettingKind.ADDRESS and typed and not is_address(typed):
            raise UserError(f"{setting.label}应为一个邮箱地址，如 zwgk@example.gov.cn，不能是“{typed}”。")
        if setting.kind in {SettingKind.TEXT, SettingKind.ADDRESS}:
            return typed
        if not (typed.isascii() and typed.isdigit()):
            raise UserError(f"{setting.label}应为整数，不能是“{typed}”。")
        if setting.kind is SettingKind.INTEGER:
            return int(typed)
        if not 1 <= int(typed) <= _LAST_DAY:
            raise UserError(f"{setting.label}应为 1 至 {_LAST_DAY} 日，不能是“{typed}”。")
        rule = _found(self._raw, setting.key) or _found(read_toml("policy.toml"), setting.key) or {}
        return {**rule, "day": int(typed)}

    def _server(self, key: str, host: str) -> dict[str, Any]:
        known = provider_of("", host)
        section = key.rpartition(".")[0]
        if known is None:
            return {}
        server = known.smtp if key == "mail.smtp.host" else known.imap
        return {f"{section}.port": server.port, f"{section}.security": server.security}


_SERVERS = frozenset({"mail.smtp.host", "mail.imap.host"})


def open_settings(root: Path) -> SettingsFile:
    """The settings of a workspace, to be changed; raises UserError where they cannot be read."""
    path = open_workspace(root).root / SETTINGS_FILE
    try:
        data = read_file(path, LARGEST)
    except OSError as error:
        raise UserError(f"无法读取 {path}：{reason_of(error)}。") from None
    return SettingsFile(path, data, data)


def save_settings(file: SettingsFile) -> None:
    """Write changed settings; raises UserError, and writes nothing, where somebody changed the file meanwhile."""
    try:
        if read_file(file.path, LARGEST) != file.data:
            raise UserError(f"这期间“{file.path.name}”被改动过，没有写入；请再做一次。")
        write_atomic(file.path, file.edited)
    except OSError as error:
        raise UserError(f"无法写入“{file.path}”：{reason_of(error)}；排除后再次运行即可。") from None


def _setting(key: str) -> EditableSetting:
    found = next((each for each in editable_settings() if key in {each.key, each.label}), None)
    if found is None:
        names = "、".join(f"{each.key}（{each.label}）" for each in editable_settings())
        raise UserError(f"没有“{key}”这一项；可以这样修改的有 {names}，其余的请直接改 {SETTINGS_FILE}。")
    return found


def key_of(name: str) -> str:
    """The key of a setting that is called by its key or its label; raises UserError."""
    return _setting(name.strip()).key


def _found(raw: Mapping[str, Any], key: str) -> Any:
    place: Any = raw
    for name in key.split("."):
        if not isinstance(place, Mapping) or name not in place:
            return None
        place = place[name]
    return place


def _put(text: str, key: str, value: Any) -> str:
    """TOML with a key set to a value: where it stands, where its commented sample stands, else at its table's end."""
    import tomlkit

    if _found(tomllib.loads(text), key) is None:
        text = _uncommented(text, key)
    document = tomlkit.parse(text)
    place: Any = document
    *parents, last = key.split(".")
    for number, name in enumerate(parents):
        if name not in place:
            place.add(name, tomlkit.table(is_super_table=number < len(parents) - 1))
        place = place[name]
    place[last] = _inline(value) if isinstance(value, Mapping) else value
    return tomlkit.dumps(document)


def _inline(values: Mapping[str, Any]) -> Any:
    import tomlkit

    table = tomlkit.inline_table()
    table.update(values)
    return table


def _uncommented(text: str, key: str) -> str:
    """The text with the commented sample line of a key, in its own table, made a setting; as it was without one."""
    table, _, name = key.rpartition(".")
    sample = re.compile(rf"#[ \t]*(?={re.escape(name)}[ \t]*=)")
    lines, here = text.splitlines(keepends=True), ""
    for number, line in enumerate(lines):
        if line.startswith("["):
            here = line.strip("[] \t\r\n").partition("]")[0]
        elif here == table and sample.match(line):
            changed = "".join([*lines[:number], sample.sub("", line, count=1), *lines[number + 1 :]])
            return changed if _is_toml(changed) else text
    return text


def _is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True
