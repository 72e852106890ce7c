"""Figures for analysis: tables of any range of months as DataFrames, pivots, and their export.

``columns`` defines the columns of each table, ``rows`` and ``acts`` make its rows, ``gathering`` collects those of a
range of months, ``frames`` types them, ``pivots`` counts them, ``export`` writes them (``book``, ``text_files``,
``own_folder``). This package imports nothing itself, so that pandas is loaded only where it is used.
"""
