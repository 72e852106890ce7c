"""How many tokens LibreOffice makes of a formula: it takes 8,192 in one cell, each defined name with all that it holds.

Counted as LibreOffice keeps them for computing: operands, operators and functions, without brackets and commas, and an
array of constants as one.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token

MOST = 8192


def tokens(name: str, names: Mapping[str, str]) -> int:
    """The tokens of a defined name, with those of the ``names`` in it, as often as they stand there."""

    @cache
    def size(own: str) -> int:
        count = depth = 0
        for each in Tokenizer(names[own]).items:
            if each.type == Token.ARRAY:
                depth += {Token.OPEN: 1, Token.CLOSE: -1}[each.subtype]
                count += each.subtype == Token.OPEN
            elif depth == 0 and each.type == Token.OPERAND:
                count += size(each.value) if each.value in names else 1
            elif depth == 0 and (each.type in _OPERATORS or (each.type == Token.FUNC and each.subtype == Token.OPEN)):
                count += 1
        return count

    return size(name)


_OPERATORS = {Token.OP_PRE, Token.OP_IN, Token.OP_POST}
