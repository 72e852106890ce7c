"""Reading and making workbooks on the machines of a Dask cluster, with the same results as on this one."""

from __future__ import annotations

from zwgk_excel.workflow.cluster.connection import Cluster, open_cluster
from zwgk_excel.workflow.cluster.remote_work import ClusterReaders, build_reports_on

__all__ = [
    "Cluster",
    "ClusterReaders",
    "build_reports_on",
    "open_cluster",
]
