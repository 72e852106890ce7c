"""Reading returned files on several computers, with the same results as on this one.

The office connects to the nodes it names (``ClusterReaders``), each of which runs ``zwgk node`` (``serve``). Both sides
speak plain data (``plain_data``, ``wire``, ``conversation``), never pickles, and an answer counts only where it can be
that of the file (``plausible``).
"""

from __future__ import annotations

from zwgk_excel.workflow.cluster.cluster_readers import ClusterReaders
from zwgk_excel.workflow.cluster.serving import serve

__all__ = [
    "ClusterReaders",
    "serve",
]
