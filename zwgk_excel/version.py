"""The version of the package.

In a module of its own, because the package's modules cannot import ``zwgk_excel`` itself.
"""

__version__ = "0.2.0.dev0"
