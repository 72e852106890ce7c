"""The use cases, in rooms by what the office does; what the command line and the ribbon both call.

A month: ``issuing`` makes the report workbooks and ``mailing`` sends them; ``intake`` receives what comes back;
``consolidation`` brings it and what the office typed (``decisions``, ``escalation``) into the tracker; ``tracking`` says
who reported what; ``assessment`` scores and closes; ``bulletins`` tells everybody. All of them work with an ``office``.
"""
