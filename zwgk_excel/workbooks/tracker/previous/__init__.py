"""Reads the previous tracker: the office's inputs and additions, to be kept in the new one."""
