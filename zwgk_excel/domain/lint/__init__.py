"""The checks of ``zwgk check`` on the duty table and the roster."""
