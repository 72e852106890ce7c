"""Where the cells of a workbook are, so that a rule can name one."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from zwgk_excel.domain.problems import CellRef


@dataclass(frozen=True, slots=True)
class CellLocator:
    """Sheets and columns of a workbook as the reader found them, so that a rule can name a cell."""

    file: str
    sheets: Mapping[str, str]
    """Sheet key (``tasks``, ``items``) → the sheet's name in this file."""
    letters: Mapping[tuple[str, str], str]
    """(sheet key, column key) → column letter; a column the file lacks is not there."""
    headings: Mapping[tuple[str, str], str]
    """(sheet key, column key) → heading, for messages."""
    copies: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Name of a further sheet that was read as a copy of one of the two → column key → column letter."""

    common: Mapping[str, CellRef] = field(default_factory=dict)
    """Key of a column of items → the cell of the cover that counts for every row that leaves it blank."""
    type_words: Mapping[str, str] = field(default_factory=dict)
    """Code of a type of item → its word, in the order of the list."""

    def place(self, sheet: str, key: str, row: int, copy: str = "") -> CellRef:
        """The cell of a column in a row, of the ``copy`` of the sheet where one is named; the sheet alone for row 0."""
        letter = self.copies[copy].get(key, "A") if copy else self.letters.get((sheet, key), "A")
        return CellRef(self.file, copy or self.sheets.get(sheet, ""), f"{letter}{row}" if row else "")

    def heading(self, sheet: str, key: str) -> str:
        """The heading of a column."""
        return self.headings[sheet, key]

    def words_of_types(self, types: Set[str]) -> str:
        """The words of some types, in the order of the list."""
        return "、".join(word for code, word in self.type_words.items() if code in types)
