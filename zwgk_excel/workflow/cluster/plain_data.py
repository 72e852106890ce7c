"""Values as JSON and back: what travels between machines, and can be nothing but the data that its type allows.

A pickle runs whatever its sender wrote into it, before anybody can look. JSON does not; and a decoder made from a type
accepts that type alone, so that a stranger's answer is a value of ours or an error.
"""

from __future__ import annotations

import json
import re
import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from operator import attrgetter
from typing import Any, Union, get_args, get_origin, get_type_hints

from zwgk_excel.domain.errors import ZwgkError

_DAY = "day"
_NO_TEXT = re.compile(rb"\\(?:u(?:d[89a-f]|00[01])|b|f)", re.IGNORECASE)
"""Escapes of half characters and of control characters, which no text of ours has and databases refuse."""
_LARGEST = 1 << 63
"""Whole numbers are smaller, as in a database."""

_Decoder = Callable[[Any], Any]


class NotPlainError(ZwgkError):
    """Bytes that are not the value they should be."""


def dumped(value: object) -> bytes:
    """A value of dataclasses, tuples, mappings, texts, numbers, days and enumerations as JSON.

    Raises NotPlainError for a text with control characters or half a character.
    """
    try:
        data = json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError as error:
        raise NotPlainError(str(error)) from error
    return _checked(data)


def loaded(kind: Any, data: bytes) -> Any:
    """The value of a type that :func:`dumped` made of it; raises NotPlainError for anything else."""
    try:
        return _decoder(kind)(json.loads(_checked(data)))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise NotPlainError(f"no {kind}: {error!r:.200}") from error


def _checked(data: bytes) -> bytes:
    if found := _NO_TEXT.search(data):
        raise NotPlainError(f"a text holds {found[0]!r}")
    return data


# --- out ---------------------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int():
            return value
        case str():
            return str(value)
        case date():
            return {_DAY: value.isoformat()}
        case tuple() | list():
            return [_plain(each) for each in value]
        case frozenset():
            return [_plain(each) for each in sorted(value)]
        case Mapping():
            return [[_plain(key), _plain(each)] for key, each in value.items()]
    kind: Any = type(value)
    return [kind.__name__, *map(_plain, _values(kind)(value))]


@cache
def _values(kind: Any) -> Callable[[Any], tuple[Any, ...]]:
    """A function that gives the fields of a dataclass, in order."""
    names = [each.name for each in fields(kind)]
    read = attrgetter(*names)
    return read if len(names) > 1 else lambda value: (read(value),)


# --- in ----------------------------------------------------------------------------------------


@cache
def _decoder(kind: Any) -> _Decoder:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in {types.UnionType, Union}:
        return _of_union(inner)
    if origin is tuple:
        return _of_tuple(inner)
    if origin in {list, frozenset}:
        return _of_many(origin, inner[0])
    if origin is not None and issubclass(origin, Mapping):
        return _of_mapping(*inner)
    if is_dataclass(kind) and isinstance(kind, type):
        return _of_dataclass(kind)
    if kind is date:
        return _day
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return lambda value: kind(_exactly(str, value))
    if kind is int:
        return _number
    if kind in {str, bool, type(None)}:
        return lambda value: _exactly(kind, value)
    raise TypeError(f"no plain data: {kind}")


def _exactly(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{type(value).__name__} instead of {kind.__name__}")
    return value


def _number(value: Any) -> int:
    if abs(number := int(_exactly(int, value))) >= _LARGEST:
        raise ValueError("a number too large")
    return value if value < 0 else number


def _day(value: Any) -> date:
    ((key, text),) = _exactly(dict, value).items()
    if key != _DAY:
        raise TypeError(f"{key} instead of {_DAY}")
    return date.fromisoformat(_exactly(str, text))


def _of_tuple(inner: tuple[Any, ...]) -> _Decoder:
    if inner[1:] == (...,):
        return _of_many(tuple, inner[0])
    decoders = [_decoder(each) for each in inner]
    return lambda value: tuple(
        decode(each) for decode, each in zip(decoders, _exactly(list, value), strict=True)
    )


def _of_many(kind: Callable[[Any], Any], inner: Any) -> _Decoder:
    decode = _decoder(inner)
    return lambda value: kind([decode(each) for each in _exactly(list, value)])


def _of_mapping(key: Any, inner: Any) -> _Decoder:
    decode_key, decode = _decoder(key), _decoder(inner)

    def decoded(value: Any) -> dict[Any, Any]:
        return {decode_key(name): decode(each) for name, each in _exactly(list, value)}

    return decoded


def _of_dataclass(kind: type) -> _Decoder:
    hints = get_type_hints(kind)
    decoders = [_decoder(hints[each.name]) for each in fields(kind)]

    def decoded(value: Any) -> Any:
        name, *values = _exactly(list, value)
        if name != kind.__name__:
            raise TypeError(f"{name!r} instead of {kind.__name__}")
        return kind(*[decode(each) for decode, each in zip(decoders, values, strict=True)])

    return decoded


def _of_union(inner: tuple[Any, ...]) -> _Decoder:
    """A decoder by what the JSON looks like: a list names its class, an object is a day, the rest are themselves."""
    classes = [each for each in inner if hasattr(each, "__dataclass_fields__")]
    by_name = {each.__name__: _decoder(each) for each in classes}
    by_type = {_looks(each): _decoder(each) for each in inner if each not in classes}

    def decoded(value: Any) -> Any:
        # An unknown name or type is a KeyError.
        return by_name[value[0]](value) if type(value) is list and value else by_type[type(value)](value)

    return decoded


def _looks(kind: type) -> type:
    """The type that a value has in JSON."""
    if kind is date:
        return dict
    return str if issubclass(kind, StrEnum) else kind
