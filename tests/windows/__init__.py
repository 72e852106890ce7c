"""The Windows build of CPython, run by wine: what the program's users have, as far as it can be had without Windows."""
