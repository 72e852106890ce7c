"""Runs a node until it is stopped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from zwgk_excel.workflow.cluster.addresses import address_of
from zwgk_excel.workflow.cluster.node import Node
from zwgk_excel.workflow.cluster.tls import node_context


def serve(
    address: str,
    *,
    authority: Path | None = None,
    certificate: Path | None = None,
    key: Path | None = None,
    workers: int | None = None,
    started: Callable[[Node], None],
) -> None:
    """Read files for whoever has a certificate of ``authority``, until interrupted; ``started`` is told when it begins.

    Certificates (PEM) are needed for ``tls://``; the key may be in the certificate's file. Raises UserError.
    """
    context = node_context(authority, certificate, key) if address_of(address).encrypted else None
    with Node(address, context=context, workers=workers) as node:
        started(node)
        node.serve_forever()
