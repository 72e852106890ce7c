"""``python -m zwgk_excel``: the same as ``zwgk``."""

from zwgk_excel.cli.main import main

if __name__ == "__main__":
    main()
