"""``make bundle``: archives that install zwgk_excel where there is no network.

A folder of its own: what builds out of the package is no part of it, and no test either. Windows gets a folder that
runs as it is unpacked, Python included; Linux gets a wheelhouse.
"""
