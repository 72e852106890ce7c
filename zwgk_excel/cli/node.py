"""``node``: this computer reads returned files for an office (``--cluster``)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from zwgk_excel.cli.chinese import typer

if TYPE_CHECKING:
    from zwgk_excel.workflow.cluster.node import Node


def node(
    address: Annotated[
        str, typer.Argument(metavar="地址", help="在哪里等待连接，如 tls://192.0.2.11:8790（tcp:// 只限本机）。")
    ],
    ca_file: Annotated[
        Path | None, typer.Option("--ca-file", metavar="PEM文件", help="给办公室和各节点签发证书的机构（PEM）。")
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option("--certificate", metavar="PEM文件", help="本节点的证书，写有本机的主机名或 IP。")
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="PEM文件", help="证书的私钥，不带密码；在证书文件里的不用写。")
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", metavar="个数", min=1, max=1024, help="同时读取的文件数，默认按处理器个数。"),
    ] = None,
) -> int:
    """Read files for an office until interrupted."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.cluster import serve

    def started(running: Node) -> None:
        how = f"同时读取 {running.workers} 个文件；按 Ctrl+C 结束。"
        show.print_line(f"计算节点已启动：{running.address}，{how}", "green")

    serve(address, authority=ca_file, certificate=certificate, key=key, workers=workers, started=started)
    return 0
