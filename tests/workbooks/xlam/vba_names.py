"""VBA read without a program: every name declared, every procedure called as it is declared, every block closed.

VBA itself compiles only the branches of ``#If`` that its own system takes; here each module is read once for every
system of :data:`tests.workbooks.xlam.vba.SYSTEMS`. Types of values and members of objects are not checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from tests.workbooks.xlam.vba import as_compiled, statements

_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"]|"")*")|(?P<number>&[Hh][0-9A-Fa-f]+&?|\d+(?:\.\d+)?[&#!@%]?)"""
    r"""|(?P<name>[A-Za-z]\w*[$%&!#@]?(?![A-Za-z0-9])|[A-Za-z]\w*)|(?P<sign>:=|<>|<=|>=|[-+*/\\^&=<>(),.:;!#\[\]])|\s+"""
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_KEYWORDS = _words(
    "and as attribute byref byval call case const declare dim do each else elseif empty end enum erase error exit "
    "explicit false for friend function get global goto if in is let lib alias like loop me mod new next not nothing "
    "null on optional option or paramarray preserve print private property ptrsafe public raiseevent randomize redim "
    "resume select set static step stop sub then to true type until wend while with withevents xor eqv imp open close "
    "input output append line write kill chdir mkdir rmdir binary access read lock random name put seek"
)
_BUILT_IN = _words(
    "asc ascw array cbool cbyte cdate cdbl chr chrw cint clng createobject cstr cvar cverr curdir date dateadd "
    "datediff choose debug dir doevents environ eof err filecopy filelen fix format freefile getattr getobject hex "
    "iif inputbox instr instrrev int isarray isdate isempty iserror ismissing isnull isnumeric isobject join lbound "
    "lcase left len lof ltrim mid msgbox now objptr replace right rnd round rtrim setattr shell space split str "
    "strcomp strptr string sgn timer trim typename ubound ucase val varptr vartype vba macscript applescripttask "
    "application activewindow thisworkbook workbooks cells range sheets worksheets"
)
_TYPES = _words(
    "boolean byte collection currency date double integer long longlong longptr object single string variant any "
    "application range workbook worksheet window iribboncontrol vbcomponent"
)
_CONSTANT = re.compile(r"(vb|xl|mso)[A-Z]\w*")
_HEAD = re.compile(
    r"(?:(?P<scope>Public|Private|Friend)\s+)?(?:Static\s+)?(?P<declare>Declare\s+(?:PtrSafe\s+)?)?"
    r"(?P<kind>Sub|Function|Property\s+(?:Get|Let|Set))\s+(?P<name>\w+)",
    re.IGNORECASE,
)
_BLOCKS = {"if": "end if", "for": "next", "do": "loop", "while": "wend", "with": "end with", "select": "end select"}


@dataclass
class _Scope:
    """Names declared in a module or a procedure, in lower case, and what procedures take."""

    names: set[str] = field(default_factory=set)
    types: set[str] = field(default_factory=set)
    takes: dict[str, tuple[int, int]] = field(default_factory=dict)


def faults(modules: Mapping[str, str], constants: Mapping[str, str]) -> list[str]:
    """What one system's VBA would refuse in the modules of a project, each with its module and line."""
    texts = {name: list(statements(as_compiled(source, constants))) for name, source in modules.items()}
    scopes, found = {}, []
    for name, lines in texts.items():
        scopes[name], wrong = _declared(lines)
        found += [f"{name}:{each}" for each in wrong]
        if lines and not any(text.lower() == "option explicit" for _, text in lines):
            found.append(f"{name}: no Option Explicit")
    project = {name.lower() for name in modules}
    for name, lines in texts.items():
        found += [f"{name}:{each}" for each in _Reader(scopes[name], project).read(lines)]
    return found


def _tokens(text: str) -> list[str]:
    return [found[0] for found in _TOKEN.finditer(text) if not found[0].isspace()]


def _bare(token: str) -> str:
    return token.rstrip("$%&!#@").lower()


def _split(tokens: Sequence[str]) -> list[list[str]]:
    """Arguments between commas that are in no brackets; none for no tokens."""
    parts: list[list[str]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token == "(") - (token == ")")
        if token == "," and not depth:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts if len(parts) > 1 or parts[0] else []


def _inside(tokens: Sequence[str], start: int) -> list[str]:
    """What stands in the brackets that open at ``start``."""
    depth = 0
    for place, token in enumerate(tokens[start:], start):
        depth += (token == "(") - (token == ")")
        if not depth:
            return list(tokens[start + 1 : place])
    return list(tokens[start + 1 :])


def _parameters(tokens: Sequence[str]) -> tuple[list[str], tuple[int, int]]:
    """The names of the parameters in a head, and how few and how many arguments it takes."""
    parts = _split(_inside(tokens, tokens.index("("))) if "(" in tokens else []
    words = [[_bare(token) for token in part] for part in parts]
    names = [next(word for word in part if word not in _KEYWORDS) for part in words]
    needed = sum(not {"optional", "paramarray"} & set(part) for part in words)
    return names, (needed, 99 if any("paramarray" in part for part in words) else len(parts))


def _variables(tokens: Sequence[str]) -> list[str]:
    """The names that a Dim, Const, ReDim or module-level declaration declares."""
    parts = ([token for token in map(_bare, part) if token not in _KEYWORDS] for part in _split(tokens))
    return [part[0] for part in parts if part]


def _declares(text: str) -> bool:
    return bool(re.match(r"(Dim|Private|Public|Static|Const|Global)\b", text, re.IGNORECASE)) and not _HEAD.match(text)


def _declared(lines: Sequence[tuple[int, str]]) -> tuple[_Scope, list[str]]:
    """What a module declares outside its procedures, and what it declares twice."""
    scope, wrong, depth, members = _Scope(), [], "", False
    seen: set[str] = set()
    for number, text in lines:
        lower = text.lower()
        names: list[str] = []
        if head := _HEAD.match(text):
            name = head["name"].lower()
            kind = head["kind"].lower().replace(" ", "")
            names = [name] if not kind.startswith("property") else [f"{kind} {name}"]
            scope.names.add(name)
            if not kind.startswith("property"):
                scope.takes[name] = _parameters(_tokens(text[head.end() - len(name) :]))[1]
            depth = "" if head["declare"] else name
        elif re.match(r"end (sub|function|property)\b", lower):
            depth = ""
        elif found := re.match(r"(?:public |private )?(enum|type) (\w+)", lower):
            scope.types.add(found[2])
            members = found[1] == "enum"
        elif lower in ("end enum", "end type"):
            members = False
        elif members:
            names = [_bare(_tokens(text)[0])]
        elif not depth and _declares(text):
            names = _variables(_tokens(text))
        wrong += [f"{number}: {name} is declared twice" for name in names if name in seen]
        seen.update(names)
        scope.names.update(name for name in names if " " not in name)
    return scope, wrong


class _Reader:
    """Reads the procedures of one module."""

    def __init__(self, module: _Scope, project: set[str]) -> None:
        self._module, self._project = module, project

    def read(self, lines: Sequence[tuple[int, str]]) -> Iterator[str]:
        """What is wrong, each with its line."""
        body: list[tuple[int, str]] = []
        inside = False
        for number, text in lines:
            head = _HEAD.match(text)
            if head and not head["declare"]:
                if inside:
                    yield f"{number}: {head['name']} begins before the one above has ended"
                inside, body = True, [(number, text)]
            elif re.match(r"End (Sub|Function|Property)\b", text, re.IGNORECASE):
                yield from self._procedure(body) if inside else [f"{number}: {text} without a beginning"]
                inside = False
            elif inside:
                body.append((number, text))
        if inside:
            yield f"{body[0][0]}: {body[0][1]} has no end"

    def _procedure(self, lines: Sequence[tuple[int, str]]) -> Iterator[str]:
        head = _HEAD.match(lines[0][1])
        assert head
        own = head["name"].lower()
        local = {*_parameters(_tokens(lines[0][1][head.end() - len(own) :]))[0], own}
        for number, text in lines[1:]:
            names = _variables(_tokens(text)) if _declares(text) else []
            if re.match(r"ReDim\b", text, re.IGNORECASE):
                local.update(_variables(_tokens(text)))
            names += [text[:-1].lower()] if re.fullmatch(r"\w+:", text) else []
            for name in names:
                if name in local:
                    yield f"{number}: {name} is declared twice"
                local.add(name)
        yield from self._blocks(lines[1:])
        for number, text in lines:
            place = head.end() if number == lines[0][0] and text == lines[0][1] else 0
            yield from (f"{number}: {each}" for each in self._names(_tokens(text[place:]), local, own))

    def _blocks(self, lines: Sequence[tuple[int, str]]) -> Iterator[str]:
        """Blocks that do not close, or close another."""
        open_: list[str] = []
        for number, text in lines:
            lower = text.lower()
            first = lower.partition(" ")[0]
            if first in _BLOCKS and (first != "if" or lower.endswith(" then")):
                open_.append(_BLOCKS[first])
            for end in {*_BLOCKS.values()}:
                if re.match(rf"{end}\b", lower) and (not open_ or open_.pop() != end):
                    yield f"{number}: {text} closes nothing that is open"
        if open_:
            yield f"{lines[-1][0]}: {open_[-1]} is missing"

    def _names(self, tokens: Sequence[str], local: set[str], own: str) -> Iterator[str]:
        known = local | self._module.names | self._module.types | self._project | _BUILT_IN
        for place, token in enumerate(tokens):
            before, after = tokens[place - 1] if place else "", tokens[place + 1] if place + 1 < len(tokens) else ""
            name = _bare(token)
            member = before in (".", "!") or after == ":="
            if not token[0].isalpha() or name in _KEYWORDS or member or _CONSTANT.fullmatch(token):
                continue
            if before.lower() in ("as", "new") and tokens[0].lower() != "open":
                if name not in _TYPES | self._module.types | self._project and after != ".":
                    yield f"{token} is no type"
            elif name not in known:
                yield f"{token} is not declared"
            elif name in self._module.takes and name not in local - {own}:
                yield from self._call(tokens, place, name, own)

    def _call(self, tokens: Sequence[str], place: int, name: str, own: str) -> Iterator[str]:
        """Whether a procedure of the module gets as many arguments as it takes."""
        after = tokens[place + 1] if place + 1 < len(tokens) else ""
        before = _bare(tokens[place - 1]) if place else ""
        statement = place == 0 or before in ("then", "else", "call")
        if name == own and after != "(":
            return  # what the function returns
        if after == ".":
            given = 0
        elif after == "(" and (before == "call" or not statement):
            given = len(_split(_inside(tokens, place + 1)))
        elif statement:
            given = len(_split(list(takewhile(lambda each: each.lower() != "else", tokens[place + 1 :]))))
        else:
            given = 0
        least, most = self._module.takes[name]
        if not least <= given <= most:
            yield f"{name} takes {least} to {most} arguments, not {given}"
