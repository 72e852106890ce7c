"""What ``import zwgk_excel`` offers, by what it costs to load: ``values``, ``use_cases``, ``errors``, ``results``.

Nobody imports these modules by name: ``zwgk_excel`` itself gives every name of theirs when it is first asked for.
"""
