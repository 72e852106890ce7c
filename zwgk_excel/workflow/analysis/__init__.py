"""Figures for analysis: tables of any range of months as DataFrames, pivots, and their export.

From the bottom: ``columns`` says what each table holds, ``rows`` and ``acts`` make its rows, ``gathering`` finds those
of a range of months, ``frames`` types them, ``pivots`` counts them, ``export`` writes them (``book``, ``text_files``,
``own_folder``). Nothing is imported here: pandas is loaded only by who asks for it.
"""
