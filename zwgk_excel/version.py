"""The version of the package, for its own modules: they cannot ask ``zwgk_excel`` itself, which is above them all."""

__version__ = "0.2.0.dev0"
