"""The shipped nginx site before a program that answers: what is public, what is inside, who is cut off.

Where nginx is not installed the words of the site are tested alone (tests/unit/test_deploy.py).
"""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.fakes.wechat import serving
from tests.flow.program import free_port, until

DEPLOY = Path(__file__).parents[2] / "deploy"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


async def told(request: Request) -> JSONResponse:
    return JSONResponse(
        {"path": request.url.path, "headers": dict(request.headers), "size": len(await request.body())}
    )


@dataclass
class Site:
    public: str
    inside: str
    port: int


def built(folder: Path, behind: str, public: int, inside: int) -> Path:
    """Write the shipped site with its addresses and folders changed to those of the test, and nothing else."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=huiyin",
         "-keyout", str(folder / "key"), "-out", str(folder / "crt")],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    shutil.copy(DEPLOY / "nginx-proxy.conf", folder / "huiyin-proxy.conf")
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for before, after in (
        ("127.0.0.1:8000", behind.removeprefix("http://")), ("10.0.0.10:443", f"127.0.0.1:{inside}"),
        ("listen 443 ssl", f"listen 127.0.0.1:{public} ssl"), ("/etc/ssl/huiyin.crt", str(folder / "crt")),
        ("/etc/ssl/huiyin.key", str(folder / "key")), ("/etc/nginx/huiyin-proxy.conf", str(folder / "huiyin-proxy.conf")),
        ("allow 10.0.0.0/8;", "allow 127.0.0.0/8;"), ("client_header_timeout 10s", "client_header_timeout 1s"),
    ):  # fmt: skip
        assert before in site
        site = site.replace(before, after)
    paths = "".join(
        f"{kind}_temp_path {folder}/t;\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = folder / "nginx.conf"
    root = "user root;\n" if os.getuid() == 0 else ""  # else its workers may not write to our folder
    whole.write_text(
        f"{root}daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{paths}{site}\n}}\n"
    )
    return whole


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site | None]:
    if NGINX is None or shutil.which("openssl") is None:
        yield None
        return
    folder, public, inside = tmp_path_factory.mktemp("nginx"), free_port(), free_port()
    app = Starlette(routes=[Route("/{rest:path}", told, methods=["GET", "POST"])])
    with serving(app) as behind:
        whole = built(folder, behind, public, inside)
        checked = subprocess.run(
            [NGINX, "-t", "-c", str(whole)], capture_output=True, encoding="utf-8", check=False
        )
        assert checked.returncode == 0, checked.stderr
        running = subprocess.Popen([NGINX, "-c", str(whole)])
        try:
            until(lambda: _opens(public))
            yield Site(f"https://127.0.0.1:{public}", f"https://127.0.0.1:{inside}", public)
        finally:
            running.terminate()
            running.wait(10)


def _opens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def status(base: str, path: str, **more: object) -> int:
    return httpx.get(f"{base}{path}", verify=False, timeout=10, **more).status_code  # noqa: S501 - the test's own certificate


def test_what_is_public_and_what_is_inside(site: Site | None) -> None:
    if site is None:
        return
    for path in ("/wechat", "/wechat/second", "/wecom", "/telegram", "/api/v1/docs"):
        assert status(site.public, path) == 200, path
    for path in ("/", "/console/", "/console/signin", "/metrics", "/healthz", "/readyz", "/demo/", "/wechatx", "/api/v2/",
                 "/wechat/../console/", "/wechat/..%2fconsole/", "//console/", "/api/v1/../../metrics"):  # fmt: skip
        assert status(site.public, path) == 404, path
    for path in ("/console/", "/console/signin", "/console/cases"):
        assert status(site.inside, path) == 200, path
    for path in ("/metrics", "/wechat", "/readyz"):
        assert status(site.inside, path) == 404, path


def test_what_is_handed_on_cannot_be_claimed_and_bodies_have_an_end(site: Site | None) -> None:
    if site is None:
        return
    given = {"X-Forwarded-For": "1.2.3.4", "X-Request-Id": "forged"}
    with httpx.Client(verify=False, timeout=20) as client:  # noqa: S501 - as above
        seen = client.get(f"{site.public}/wechat", headers=given).json()["headers"]
        assert seen["x-forwarded-for"] == "127.0.0.1"
        assert re.fullmatch(r"[0-9a-f]{32}", seen["x-request-id"])
        assert client.post(f"{site.public}/wechat", content=b"x" * (1 << 20)).json()["size"] == 1 << 20
        assert client.post(f"{site.public}/wechat", content=b"x" * ((1 << 20) + 1)).status_code == 413
        tries = [client.post(f"{site.inside}/console/signin").status_code for _ in range(40)]
        assert tries.count(429) >= 10
        pushes = [client.get(f"{site.public}/wechat").status_code for _ in range(200)]
        assert set(pushes) == {200}


def test_half_a_header_is_cut_off(site: Site | None) -> None:
    if site is None:
        return
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", site.port), timeout=10) as plain,
        context.wrap_socket(plain) as slow,
    ):
        began = time.monotonic()
        slow.sendall(b"POST /wechat HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        assert slow.recv(100) in (b"",) or time.monotonic() - began < 8
