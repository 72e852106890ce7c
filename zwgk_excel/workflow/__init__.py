"""The use cases, in packages by what the office does; the command line and the ribbon both call them.

A month: ``issuing`` makes the report workbooks and ``mailing`` sends them; ``intake`` receives the returns;
``consolidation`` brings them and the office's inputs (``decisions``, ``escalation``) into the tracker; ``tracking``
computes statuses; ``assessment`` scores and closes; ``bulletins`` writes 通报. All of them work with an ``office``.
"""
