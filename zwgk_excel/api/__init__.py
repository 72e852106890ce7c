"""What ``import zwgk_excel`` offers, by what it costs to load: ``values``, ``use_cases``, ``errors``, ``results``.

These modules are not imported by name: ``zwgk_excel`` itself gives each of their names on first access.
"""
