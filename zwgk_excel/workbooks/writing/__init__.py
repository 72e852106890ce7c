"""How we write: the house style, cell formats, fast workbooks, files written whole or not at all."""
