"""The platform's side of one official account: tokens, windows, quotas, comment limits, error codes as published.

Times come from the caller's clock. `demo.fake_wechat` serves this over HTTP.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from demo.wechat_records import FakeArticle, FakeComment, Follower, InjectedFault, OnPhone, PlatformRefusal

BEIJING = timezone(timedelta(hours=8))  # the platform counts days there
TOKEN_LIFE = timedelta(seconds=7200)
WINDOW, MOMENT = timedelta(hours=48), timedelta(minutes=1)
PER_WINDOW, PER_MOMENT = 5, 3
LONGEST_TEXT = 2048  # UTF-8 bytes
COMMENTS_AT_ONCE = 50  # `count` must be smaller


class FakeWeChat:
    """The platform's side of one official account."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        app_id: str = "wxfake00000000000",
        secret: str = "fake-secret",  # noqa: S107 - of a stand-in
        verified: bool = True,
        menus: bool = True,
        on_sent: Callable[[str, OnPhone], None] | None = None,
    ) -> None:
        self.clock, self.app_id, self.secret = clock, app_id, secret
        self.verified, self.menus = verified, menus  # a test account has no menu messages
        self.inbox: dict[str, list[OnPhone]] = {}
        self.followers: dict[str, Follower] = {}
        self.articles: dict[tuple[str, int], FakeArticle] = {}
        self.media: dict[str, tuple[bytes, str]] = {}
        self.menu: dict[str, Any] = {}
        self.calls: list[str] = []
        self.troubles: list[InjectedFault] = []
        self.tokens: dict[str, datetime] = {}
        self.fetches = 0
        self._current = ""
        self._comment_id = 0
        self.on_sent = on_sent

    # what happens on the citizens' side

    def wrote(self, openid: str) -> None:
        """A citizen sent a message: 48 hours and five messages begin."""
        follower = self.followers.setdefault(openid, Follower())
        follower.wrote_at, follower.used, follower.following = self.clock(), 0, True

    def clicked(self, openid: str) -> None:
        """A citizen followed, scanned or chose a menu entry: one minute and three messages begin."""
        follower = self.followers.setdefault(openid, Follower())
        follower.clicked_at, follower.following = self.clock(), True
        if not self._in_window(follower):
            follower.used = PER_WINDOW - PER_MOMENT

    def chose(self, openid: str, content: str) -> dict[str, str]:
        """A citizen chose a line of the latest menu message; return the fields of the text that is pushed for it.

        Raises: LookupError if no such line is on their phone.
        """
        menus = [sent.body["msgmenu"] for sent in self.inbox.get(openid, []) if sent.kind == "msgmenu"]
        line = (
            next((line for line in menus[-1]["list"] if line["content"] == content), None) if menus else None
        )
        if line is None:
            raise LookupError(content)
        self.wrote(openid)
        return {"Content": content, "bizmsgmenuid": str(line["id"])}

    def unfollow(self, openid: str) -> None:
        self.followers.setdefault(openid, Follower()).following = False

    def block(self, openid: str) -> None:
        self.followers.setdefault(openid, Follower()).blocked = True

    def texts(self, openid: str) -> list[str]:
        return [sent.text for sent in self.inbox.get(openid, []) if sent.kind == "text"]

    # articles and files

    def add_article(self, msg_data_id: str, index: int = 0, title: str = "") -> FakeArticle:
        article = FakeArticle(msg_data_id, index, title, self.clock())
        self.articles[msg_data_id, index] = article
        return article

    def comment(self, article: FakeArticle, content: str, openid: str = "") -> FakeComment:
        self._comment_id += 1
        made = FakeComment(self._comment_id, content, openid, int(self.clock().timestamp()))
        article.comments.append(made)
        return made

    def trouble(
        self, path: str, *, code: int = 0, status: int = 0, hang: float = 0.0, times: int = 1
    ) -> None:
        """Let the next `times` calls whose path ends with `path` fail."""
        self.troubles.append(InjectedFault(path, times, code, status, hang))

    def expire_tokens(self) -> None:
        """The platform forgets every token, as after a reset of the secret's session."""
        self.tokens.clear()
        self._current = ""

    # the API

    def stable_token(self, body: dict[str, Any]) -> dict[str, Any]:
        self._require_secret(body.get("appid"), body.get("secret"))
        self.fetches += 1
        now = self.clock()
        ends = self.tokens.get(self._current, now)
        if body.get("force_refresh") or ends - now <= timedelta(minutes=5):
            if not body.get("force_refresh") and self._current:
                self.tokens[self._current] = max(ends, now + timedelta(minutes=5))
            elif self._current:
                self.tokens.pop(self._current, None)
            self._current = self._new_token(now)
            ends = now + TOKEN_LIFE
        return {"access_token": self._current, "expires_in": int((ends - now).total_seconds())}

    def plain_token(self, appid: str, secret: str) -> dict[str, Any]:
        self._require_secret(appid, secret)
        self.fetches += 1
        now = self.clock()
        return {"access_token": self._new_token(now), "expires_in": int(TOKEN_LIFE.total_seconds())}

    def check_token(self, token: str) -> None:
        if not token:
            raise PlatformRefusal(41001, "access_token missing")
        if token not in self.tokens:
            raise PlatformRefusal(40001, "invalid credential, access_token is invalid or not latest")
        if self.clock() >= self.tokens[token]:
            raise PlatformRefusal(42001, "access_token expired")

    def custom_send(self, body: dict[str, Any]) -> dict[str, Any]:
        if not self.verified:
            raise PlatformRefusal(48001, "api unauthorized")
        openid, kind = str(body.get("touser", "")), str(body.get("msgtype", ""))
        follower = self._reachable(openid)
        if kind == "text":
            text = str(body.get("text", {}).get("content", ""))
        elif kind == "msgmenu":
            text = self._menu_message(body.get("msgmenu", {}))
        else:
            raise PlatformRefusal(40008, "invalid message type")
        if not text:
            raise PlatformRefusal(44004, "empty content")
        if len(text.encode()) > LONGEST_TEXT:
            raise PlatformRefusal(45002, "content size out of limit")
        if not self._in_window(follower) and not self._in_moment(follower):
            raise PlatformRefusal(45015, "response out of time limit or subscription is canceled")
        if follower.used >= PER_WINDOW:
            raise PlatformRefusal(45047, "out of response count limit")
        follower.used += 1
        self._deliver(openid, OnPhone(kind, text, self.clock(), body))
        return {}

    def template_send(self, body: dict[str, Any]) -> dict[str, Any]:
        if not self.verified:
            raise PlatformRefusal(48001, "api unauthorized")
        openid = str(body.get("touser", ""))
        if not body.get("template_id"):
            raise PlatformRefusal(40037, "invalid template_id")
        self._reachable(openid)
        values = [str(item.get("value", "")) for item in dict(body.get("data", {})).values()]
        if any(len(value) > 20 for value in values):
            raise PlatformRefusal(47003, "argument invalid! data value too long")
        self._deliver(openid, OnPhone("template", "\n".join(values), self.clock(), body))
        return {"msgid": secrets.randbelow(10**12)}

    def comment_list(self, body: dict[str, Any]) -> dict[str, Any]:
        article = self._article(body)
        begin, count = int(body.get("begin", 0)), int(body.get("count", 0))
        if not 0 < count < COMMENTS_AT_ONCE:
            raise PlatformRefusal(88010, "count range error")
        page = article.comments[begin : begin + count]
        return {"total": len(article.comments), "comment": [_shown(comment) for comment in page]}

    def comment_reply(self, body: dict[str, Any]) -> dict[str, Any]:
        comment = self._comment(body)
        if comment.reply:
            raise PlatformRefusal(88005, "already reply")
        if not str(body.get("content", "")).strip():
            raise PlatformRefusal(44004, "empty content")
        comment.reply = str(body["content"])
        return {}

    def comment_unreply(self, body: dict[str, Any]) -> dict[str, Any]:
        comment = self._comment(body)
        if not comment.reply:
            raise PlatformRefusal(87009, "reply not exists")
        comment.reply = ""
        return {}

    def mark_elect(self, body: dict[str, Any]) -> dict[str, Any]:
        self._comment(body).elected = True
        return {}

    def article_detail(self, body: dict[str, Any]) -> dict[str, Any]:
        """Articles published on one day; the platform knows a day only once it is over."""
        begin = str(body.get("begin_date", ""))
        if begin != body.get("end_date"):
            raise PlatformRefusal(61501, "date range error")
        if begin >= _day(self.clock()):
            raise PlatformRefusal(61501, "date range error")
        found = [a for a in self.articles.values() if _day(a.published) == begin]
        return {
            "list": [
                {
                    "ref_date": begin,
                    "msgid": f"{a.msg_data_id}_{a.index + 1}",
                    "title": a.title,
                    "details": [],
                }
                for a in found
            ],
            "is_delay": False,
        }

    def user_info(self, openid: str) -> dict[str, Any]:
        """Since 2021 without name or face."""
        follower = self.followers.get(openid)
        if follower is None:
            raise PlatformRefusal(40003, "invalid openid")
        return {"subscribe": int(follower.following), "openid": openid, "language": "zh_CN", "remark": ""}

    def fault(self, path: str) -> InjectedFault | None:
        """Return the injected fault for this call and count it off."""
        for trouble in self.troubles:
            if trouble.times > 0 and path.endswith(trouble.path):
                trouble.times -= 1
                return trouble
        return None

    def _require_secret(self, appid: object, secret: object) -> None:
        if appid != self.app_id:
            raise PlatformRefusal(40013, "invalid appid")
        if secret != self.secret:
            raise PlatformRefusal(40125, "invalid appsecret")

    def _new_token(self, now: datetime) -> str:
        token = secrets.token_hex(16)
        self.tokens[token] = now + TOKEN_LIFE
        return token

    def _menu_message(self, menu: dict[str, Any]) -> str:
        """Return the lines of a menu message as a phone shows them."""
        if not self.menus:
            raise PlatformRefusal(40200, "invalid account type")
        choices = menu.get("list", [])
        if not choices or not all(choice.get("id") and choice.get("content") for choice in choices):
            raise PlatformRefusal(44004, "empty content")
        shown = [menu.get("head_content", ""), *(str(choice["content"]) for choice in choices)]
        return "\n".join([*shown, menu.get("tail_content", "")]).strip()

    def _reachable(self, openid: str) -> Follower:
        follower = self.followers.get(openid)
        if follower is None:
            raise PlatformRefusal(40003, "invalid openid")
        if not follower.following:
            raise PlatformRefusal(43004, "require subscribe")
        if follower.blocked:
            raise PlatformRefusal(48002, "api forbidden, the user refused to accept messages")
        return follower

    def _in_window(self, follower: Follower) -> bool:
        return follower.wrote_at is not None and self.clock() - follower.wrote_at < WINDOW

    def _in_moment(self, follower: Follower) -> bool:
        return follower.clicked_at is not None and self.clock() - follower.clicked_at < MOMENT

    def _article(self, body: dict[str, Any]) -> FakeArticle:
        article = self.articles.get((str(body.get("msg_data_id")), int(body.get("index", 0))))
        if article is None:
            raise PlatformRefusal(88001, "msg not exists")
        return article

    def _comment(self, body: dict[str, Any]) -> FakeComment:
        wanted = body.get("user_comment_id")
        found = next((c for c in self._article(body).comments if c.user_comment_id == wanted), None)
        if found is None:
            raise PlatformRefusal(88008, "comment not exists")
        return found

    def _deliver(self, openid: str, sent: OnPhone) -> None:
        self.inbox.setdefault(openid, []).append(sent)
        if self.on_sent:
            self.on_sent(openid, sent)


def _day(at: datetime) -> str:
    return at.astimezone(BEIJING).date().isoformat()


def _shown(comment: FakeComment) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "user_comment_id": comment.user_comment_id,
        "create_time": comment.create_time,
        "content": comment.content,
        "comment_type": int(comment.elected),
        "reply": {"content": comment.reply, "create_time": comment.create_time} if comment.reply else {},
    }
    if comment.openid:
        shown["openid"] = comment.openid
    return shown
