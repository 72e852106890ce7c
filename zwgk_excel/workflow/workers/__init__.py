"""Processes that read, mark up and make workbooks: a file that crashes, hangs or devours memory costs that one file."""
