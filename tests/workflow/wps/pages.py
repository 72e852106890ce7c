"""The add-in's pages as a test speaks for them, by requests alone."""

from __future__ import annotations

import http.client
import json
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from zwgk_excel.workflow.wps.service import ADDRESS, TOKEN_HEADER, Service


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a running service; each header can be another one, or none."""

    service: Service

    def headers(self, **other: str | None) -> dict[str, str]:
        """What the add-in's page sends, but for the ``other`` ones (``_`` for ``-``)."""
        usual: dict[str, str | None] = {
            "Host": f"{ADDRESS}:{self.service.port}",
            "Origin": "null",
            TOKEN_HEADER: self.service.token,
            "Content-Type": "application/json",
        }
        given = usual | {name.replace("_", "-"): value for name, value in other.items()}
        return {name: value for name, value in given.items() if value is not None}

    def send(self, path: str, body: Any = None, method: str = "POST", **other: str | None) -> tuple[int, Any]:
        """Status and answer of a request."""
        data = b"" if body is None else json.dumps(body).encode()
        with closing(http.client.HTTPConnection(ADDRESS, self.service.port, timeout=30)) as connection:
            connection.putrequest(method, path, skip_host=True)
            for name, value in ({"Content-Length": str(len(data))} | self.headers(**other)).items():
                connection.putheader(name, value)
            connection.endheaders(data)
            response = connection.getresponse()
            told = response.read()
        return response.status, json.loads(told) if told.startswith(b"{") else told
