"""``python -m zwgk_excel``: the same as ``zwgk``."""

import sys

# Python has put the current folder first, where anybody's json.py may lie; zwgk_excel itself is imported by now.
if __name__ == "__main__" and not sys.flags.safe_path:
    del sys.path[0]

from zwgk_excel.cli.main import main

if __name__ == "__main__":
    main()
