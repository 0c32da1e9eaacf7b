"""A form on the office's web site, in front of 回音: the key stays on this server, the page never sees it.

    HUIYIN_ADDRESS=http://127.0.0.1:8000 HUIYIN_SOURCE_KEY=hy_… python web_form.py 8080

The visitor is known by a cookie; a page sent twice (the browser's reload) is one message by the id in the form.
"""

import html
import os
import secrets
import sys
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from huiyin_client import Client, Refused

CLIENT = Client(os.environ["HUIYIN_ADDRESS"], os.environ["HUIYIN_SOURCE_KEY"], patience=20)
PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>给我们写信</title><style>body{{font:16px/1.7 sans-serif;max-width:36rem;margin:2rem auto;padding:0 1rem}}
textarea{{width:100%;font:inherit;box-sizing:border-box}}button{{font:inherit;padding:.4rem 1.4rem}}
.said{{white-space:pre-line;background:#eef4fb;padding:.8rem 1rem}}</style>
<h1>给我们写信</h1>{said}
<form method="post"><input type="hidden" name="id" value="{id}">
<label>您要咨询、建议、投诉或表扬的事：<br><textarea name="text" rows="6" required maxlength="20000">{text}</textarea></label>
<p><label>接着哪一件说（编号，可不填） <input name="reply_to" value="{reply_to}"></label></p><button>提交</button></form>
<form><p><label>查进展：编号 <input name="no" required></label> <button>查询</button></p></form></html>"""


class FormPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        no = parse_qs(urlsplit(self.path).query).get("no", [""])[0].strip()
        self._show(self._progress(no) if no else "")

    def do_POST(self) -> None:
        length = min(int(self.headers.get("Content-Length", 0)), 1 << 20)
        fields = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        more = {"reply_to": fields["reply_to"].strip()} if fields.get("reply_to", "").strip() else {}
        try:
            taken = CLIENT.send(fields.get("id", ""), self._visitor(), fields.get("text", ""), **more)
        except (Refused, OSError) as error:
            self._show(f"没有提交成功：{error}", fields.get("text", ""), more.get("reply_to", ""))
            return
        self._show("\n".join(filter(None, (taken["receipt"], taken.get("answer")))))

    def _progress(self, no: str) -> str:
        try:
            case = CLIENT.case(no)
        except (Refused, OSError) as error:
            return str(error)
        steps = " → ".join(step["what"] for step in case["steps"])
        return f"{case['no']}：{steps}\n答复时限 {case['due_on']}\n{case['answer'] or ''}"

    def _visitor(self) -> str:
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get("visitor")
        self.visitor = cookie.value if cookie else secrets.token_urlsafe(16)
        return self.visitor

    def _show(self, said: str, text: str = "", reply_to: str = "") -> None:
        shown = f'<p class="said">{html.escape(said)}</p>' if said else ""
        page = PAGE.format(
            said=shown, id=secrets.token_urlsafe(12), text=html.escape(text), reply_to=html.escape(reply_to)
        )
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Set-Cookie", f"visitor={self._visitor()}; HttpOnly; SameSite=Lax; Max-Age=31536000")
        self.end_headers()
        self.wfile.write(page.encode())


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), FormPage).serve_forever()
