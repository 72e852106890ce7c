"""``make bundle``: archives that install zwgk_excel where there is no network.

A folder of its own: what builds out of the package is no part of it, and no test either. Windows gets a folder that
runs as it is unpacked, Python included; Linux gets a wheelhouse.

There is no frozen program: PyInstaller 6.22 made a folder of 171 MB (87 MB as a zip) on Linux with Python 3.11, where
the wheelhouse is 56 MB. ``zwgk --version`` took 0.77 s in it and 0.62 s installed (median of five runs in turn).
"""
