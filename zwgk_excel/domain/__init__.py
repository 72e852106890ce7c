"""The rules as pure functions and values: standard library only, no files, no clock, no Excel."""
