"""A client of /api/v1/ for the office's other channels, on the standard library alone: copy it and build on it.

A message is sent again under its own id until it is taken: once is enough for 回音, so nothing is doubled and nothing
lost. The cursor is written down only after the answers were dealt with: a killed client gets them again.
"""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

AGAIN = (429, 500, 502, 503, 504)  # everything else is the request's own fault


class Refused(Exception):
    """The request is not taken as it is. `code` and `status` say why, the text is for people."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


class Client:
    def __init__(self, address: str, key: str, patience: float = 300.0) -> None:
        """`address`: where 回音 is, such as https://huiyin.example.gov.cn; `patience`: seconds to keep trying."""
        self.address, self.key, self.patience = address.rstrip("/"), key, patience

    def send(self, message_id: str, user: str, text: str, **more: str) -> dict[str, Any]:
        """File a message; `more`: sent_at, reply_to. Raises: Refused."""
        return self._call("POST", "messages", {"id": message_id, "user": user, "text": text, **more})

    def case(self, no: str) -> dict[str, Any]:
        return self._call("GET", f"cases/{urllib.parse.quote(no, safe='')}")

    def collect(self, cursor_file: Path, deal_with: Callable[[dict[str, Any]], None]) -> int:
        """Deal with every answer that has come; returns how many. The last call tells 回音 that they arrived."""
        done = 0
        while True:
            after = cursor_file.read_text() if cursor_file.exists() else ""
            page = self._call("GET", f"answers?after={after}")
            if not page["answers"]:
                return done
            for answer in page["answers"]:
                deal_with(answer)
                done += 1
            fresh = cursor_file.with_suffix(".new")
            fresh.write_text(page["next"])
            fresh.replace(cursor_file)

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        end, pause = time.monotonic() + self.patience, 0.5
        while True:
            request = urllib.request.Request(f"{self.address}/api/v1/{path}", data, headers, method=method)  # noqa: S310
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                    return dict(json.load(answer))
            except urllib.error.HTTPError as error:
                if error.code not in AGAIN or time.monotonic() > end:
                    said = json.load(error)["error"]
                    raise Refused(error.code, said["code"], said["message"]) from None
                wait = float(error.headers.get("Retry-After") or pause)
            except OSError:
                if time.monotonic() > end:
                    raise
                wait = pause
            time.sleep(wait)
            pause = min(pause * 2, 30.0)
