"""What our code asks of Excel's own objects, held against the published object model: Python's ``.api``, and VBA.

xlwings hides most of them; what it does not offer goes past it, where no double would notice a misspelt member, and
where mypy sees ``Any``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.windows.click.object_model import class_of, classes, constants, element
from tests.workbooks.xlam.vba import statements

_BEHIND_API: Mapping[str, str] = {
    "app": "Application",
    "book": "Workbook",
    "sheet": "Worksheet",
    "table": "ListObject",
    "rule": "Validation",
    "impl": "FormatCondition",
    "chart": "Chart",
}
"""What xlwings' object is called in the add-in → the class of its ``api``; of a chart it is the second of a pair."""
_HANDED_OVER: Mapping[str, str] = {"series": "Series", "native": "Name"}
"""Arguments and attributes that are Excel's own objects already."""
_UNTYPED: Mapping[tuple[str, str], str] = {("Comment", "Parent"): "Range"}
"""Members that are declared as any object, and what they are by their documentation."""
_NATIVE = re.compile(r"[A-Z][a-z]\w*")
_CONSTANT = re.compile(r"= (-?\d+)  # ((?:xl|mso)[A-Z]\w+)")


def faults_of_python(path: Path) -> list[str]:
    """What a module of the add-in asks of an object that has no such member, or passes to one that takes no so many.

    Also objects whose class is not known here: then this module has to learn it.
    """
    source = path.read_text(encoding="utf-8")
    reader = _Python(path.name)
    reader.visit(ast.parse(source))
    return [*reader.faults, *_wrong_constants(path.name, source)]


def _wrong_constants(name: str, source: str) -> list[str]:
    """Numbers that a comment calls by the name of a constant which is another."""
    wrong = [each for value, each in _CONSTANT.findall(source) if constants().get(each) != int(value)]
    return [f"{name}: {each} is {constants().get(each)}" for each in wrong]


class _Python(ast.NodeVisitor):
    """Walks a module in the order of its text; a name has the class that it was given last."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.faults: list[str] = []
        self._known = dict(_HANDED_OVER)
        self._imported: set[str] = set()

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        self._imported |= {(each.asname or each.name).partition(".")[0] for each in node.names}

    visit_ImportFrom = visit_Import

    def visit_Assign(self, node: ast.Assign) -> None:
        self.generic_visit(node)
        for target in node.targets:
            if isinstance(target, ast.Name):
                self._known[target.id] = self._class(node.value)

    def visit_For(self, node: ast.For) -> None:
        if isinstance(node.target, ast.Name):
            self._known[node.target.id] = element(self._class(node.iter))
        self.generic_visit(node)

    def visit_ListComp(self, node: ast.ListComp) -> None:
        for each in node.generators:
            if isinstance(each.target, ast.Name):
                self._known[each.target.id] = element(self._class(each.iter))
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if _NATIVE.fullmatch(node.attr) and _root(node) not in self._imported:
            self._member(node, self._class(node.value), node.attr)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        match node:
            case ast.Call(ast.Name("getattr" | "setattr" | "hasattr"), [about, ast.Constant(str(name)), *_]):
                if _NATIVE.fullmatch(name):
                    self._member(node, self._class(about), name)
            case ast.Call(ast.Attribute(about, name), arguments) if _NATIVE.fullmatch(name):
                member = classes().get(self._class(about), {}).get(name)
                takes = len(member.takes) if member else len(arguments)
                if member and member.called and not member.needs <= len(arguments) <= takes:
                    self._complain(node, f"{name} takes {member.needs} to {takes} arguments, not {len(arguments)}")
        self.generic_visit(node)

    def _member(self, node: ast.expr, name: str, member: str) -> None:
        if not name:
            self._complain(node, f"of what class is the object whose {member} is asked?")
        elif member not in classes()[name]:
            self._complain(node, f"{name} has no {member}")

    def _complain(self, node: ast.expr, told: str) -> None:
        self.faults.append(f"{self._name}:{node.lineno}: {told}")

    def _class(self, node: ast.expr) -> str:
        """The class of an expression; empty for none of Excel's."""
        match node:
            case ast.Name(name):
                return self._known.get(name, "")
            case ast.Subscript(ast.Attribute(attr="api") as whole) | ast.BoolOp(values=[whole, *_]):
                return self._class(whole)
            case ast.Attribute(about, "api") | ast.Call(ast.Name("getattr"), [about, ast.Constant("api"), *_]):
                return _BEHIND_API.get(about.attr if isinstance(about, ast.Attribute) else getattr(about, "id", ""), "")
            case ast.Attribute(attr=name) if name in _HANDED_OVER:
                return _HANDED_OVER[name]
            case ast.Attribute(about, name) | ast.Call(ast.Name("getattr"), [about, ast.Constant(name), *_]):
                return _given(self._class(about), str(name))
            case ast.Call(ast.Attribute(about, name), arguments):
                return _given(self._class(about), name, called_with=len(arguments))
        return ""


def _root(node: ast.expr) -> str:
    """The name that a chain of attributes begins with."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _given(name: str, member: str, called_with: int = 0) -> str:
    """The class of what a member gives; where it may be a collection or one of it, an argument chooses."""
    found = classes().get(name, {}).get(member)
    if found is None or (name, member) in _UNTYPED:
        return _UNTYPED.get((name, member), "")
    gives = found.gives.split(" | ")[-1 if called_with else 0]
    own, of = class_of(gives)
    return element(own, of) if called_with and not found.called else own


_ROOTS: Mapping[str, str] = {
    "application": "Application",
    "thisworkbook": "Workbook",
    "activewindow": "Window",
    "workbooks": "Workbooks",
}
_TYPED = re.compile(r"(\w+)(?:\(\))? As (?:New )?(Workbook|Worksheet|Range|Window)\b")
_HEAD = re.compile(r"\b(?:Sub|Function|Property (?:Get|Let|Set)) \w+\(")
_EXCEL_CONSTANT = re.compile(r"(?<![.\w])((?:xl|mso)[A-Z]\w*)")


def faults_of_vba(name: str, source: str) -> list[str]:
    """The same of a module of VBA, all branches of its conditional compilation together; constants too."""
    found, known = [], dict(_ROOTS)
    for line, text in statements(source):
        if _HEAD.search(text):
            known = dict(_ROOTS)
        bare = re.sub(r'"(?:[^"]|"")*"', '""', text)
        known |= {variable.lower(): kind for variable, kind in _TYPED.findall(bare)}
        found += [f"{name}:{line}: {each}" for each in _chains(bare, known)]
        unknown = set(_EXCEL_CONSTANT.findall(bare)) - constants().keys()
        found += [f"{name}:{line}: {each} is no constant" for each in sorted(unknown)]
    return found


def _chains(text: str, known: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the members asked for in one statement."""
    for root in re.finditer(r"(?<![.\w])[A-Za-z]\w*", text):
        name, rest = known.get(root[0].lower(), ""), text[root.end() :]
        member = ""
        while name:
            if step := re.match(r"\.(\w+)", rest):
                member = next((each for each in classes()[name] if each.lower() == step[1].lower()), "")
                if not member:
                    yield f"{name} has no {step[1]}"
                    break
                rest = rest[step.end() :]
                arguments = _arguments(rest)
                takes = classes()[name][member]
                if arguments is not None and takes.called and not takes.needs <= arguments[0] <= len(takes.takes):
                    yield f"{name}.{member} takes {takes.needs} to {len(takes.takes)} arguments, not {arguments[0]}"
                name = _given(name, member, arguments[0] if arguments else 0)
                rest = rest[arguments[1] :] if arguments else rest
            elif (arguments := _arguments(rest)) is not None:
                name, rest = element(name), rest[arguments[1] :]
            else:
                break


def _arguments(text: str) -> tuple[int, int] | None:
    """How many arguments stand in the parentheses that a text begins with, and where these end; None for no such."""
    if not text.startswith("("):
        return None
    depth, count = 0, 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        count += sign == "," and depth == 1
        if not depth:
            return (count + 1 if text[1:place].strip() else 0), place + 1
    return None
