"""docs/rights.md, cell by cell: each action, page and command, for each kind of colleague, at each door."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest
from starlette.datastructures import FormData

from bot.handler_chat.incoming import commands, presses, replies
from bot.handler_chat.incoming.commands import Asker, StaffCommand
from bot.handler_chat.incoming.pressed import Pressed
from cases.knowledge import learn
from cases.lists import browse
from cases.register import drafts, extensions, people
from cases.register.desk import Desk
from cases.register.errors import NotAllowed, NotFound, Refusal
from cases.register.tables import Case, ChatPost, Staff
from cases.sending.chat import Chats, Place
from cases.steps.allowed import Action
from console import case_actions, proposing
from console.door import Visit
from knowledge_base.base.entries import Entry
from tests.builders import Bureau, a_bureau, a_store
from tests.unit.cases.steps import test_allowed as trials
from tests.unit.console.conftest import USERS, Colleague

DOC = Path(__file__).parents[3] / "docs" / "rights.md"
PEOPLE = ("张工", "刘工", "陈师傅", "李科长", "赵局长", "王主任", "钱管理")
LOGINS = {name: user for user, name in USERS.items()}
CHATS = Chats("telegram", Place("-1"), Place("-2"))
Deed = Callable[[Desk, Staff, Case], object]
MADE: dict[Action, Callable[[Bureau], str]] = {
    Action.TAKE: lambda office: office.a_case("水管爆裂，我要跳楼"),
    Action.CALM: trials.an_urgent_claimed,
    Action.CLAIM: trials.a_new,
    Action.APPROVE: trials.in_review,
    Action.RETURN: trials.in_review,
    Action.DECIDE: trials.an_extension_wished,
    Action.CORRECT: trials.answered_with_a_promise,
    Action.KEEP: trials.answered_with_a_promise,
    Action.OPINION: trials.co_handled,
    Action.UNLINK: trials.linked,
}


def table(title: str) -> dict[str, dict[str, str]]:
    """Return the table below a heading of the document: row name → column name → cell."""
    part = DOC.read_text(encoding="utf-8").split(f"## {title}\n")[1].split("\n## ")[0]
    lines = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line[:1] == "|"
    ]
    head, rows = lines[0], lines[2:]
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    store = a_store(tmp_path_factory.mktemp("rights") / "huiyin.db")
    office = a_bureau(store, model_on=True)
    office.workplace.act(lambda desk: people.add_department(desk, "环保局", "环境保护"))
    yield office
    store.close()


def pressed(data: Callable[[Desk, Case], str]) -> Deed:
    def deed(desk: Desk, staff: Staff, case: Case) -> object:
        return presses.press(desk, Pressed(staff, None, Place("-1"), "7", chats=CHATS), data(desk, case))

    return deed


def typed(name: str, words: Callable[[Desk, Case], str]) -> Deed:
    def deed(desk: Desk, staff: Staff, case: Case) -> object:
        command = StaffCommand(name, words(desk, case).strip())
        return commands.obey(desk, CHATS, staff, command, Asker(Place("-1"), "7", True))

    return deed


def on_case(name: str, more: Callable[[Desk], object] = lambda _desk: "") -> Deed:
    return pressed(lambda desk, case: f"{name}:{case.id}:{more(desk)}".rstrip(":"))


def on_draft(name: str) -> Deed:
    def data(desk: Desk, case: Case) -> str:
        under = drafts.under_review(desk, case)
        assert under is not None
        return f"{name}:{under.id}:{under.round}"

    return pressed(data)


def wish(desk: Desk, case: Case) -> int:
    found = extensions.latest(desk, case)
    return found.id or 0 if found else 0


def replied(desk: Desk, staff: Staff, case: Case) -> object:
    post = ChatPost(
        platform="telegram", chat_id="-1", message_id="7", kind="case", case_id=case.id, posted_at=desk.now
    )
    return replies.reply(desk, staff, post, "水管已经修好，请您查看。")


def department(desk: Desk) -> object:
    return people.department_named(desk, "环保局").id


IN_CHAT: dict[Action, Deed] = {
    Action.TAKE: on_case("danger"),
    Action.CALM: on_case("calm"),
    Action.ASSIGN: on_case("asg"),
    Action.CLAIM: on_case("claim"),
    Action.DRAFT: replied,
    Action.PROPOSE: on_case("gen"),
    Action.APPROVE: on_draft("pass"),
    Action.RETURN: on_draft("back"),
    Action.RECLASSIFY: on_case("cat", lambda _desk: "praise"),
    Action.TRANSFER: on_case("to", department),
    Action.EXTEND: on_case("ext"),
    Action.DECIDE: pressed(lambda desk, case: f"extno:{wish(desk, case)}"),
    Action.ASK: on_case("ask"),
    Action.REFUSE: on_case("no"),
    Action.CORRECT: on_case("fix"),
    Action.COHANDLE: typed("cohandle", lambda _desk, case: f"{case.no} 环保局"),
    Action.OPINION: on_case("op"),
    Action.SPLIT: typed("split", lambda _desk, case: f"{case.no} 2"),
    Action.LINK: typed("link", lambda _desk, case: f"{case.no} {trials.LEADS[0]}"),
    Action.UNLINK: on_case("unlink"),
    Action.KEEP: on_case("kept"),
}


def filled(desk: Desk, case: Case) -> dict[str, str]:
    """Return every field that a form of the case's page may send."""
    under = drafts.under_review(desk, case)
    return {
        "text": "水管已经修好，请您查看。", "reason": "需要现场勘查", "category": "praise", "department": "环保局",
        "consent": "no", "lead": trials.LEADS[0], "draft": str(under.id if under else 0),
        "round": str(under.round if under else 0), "extension": str(wish(desk, case)),
        "message": str(trials.last_message(desk, case)),
        "staff": str(next(iter(trials.assign.candidates(desk, case))).id),
    }  # fmt: skip


def in_console(action: Action) -> Deed:
    def deed(desk: Desk, staff: Staff, case: Case) -> object:
        no = browse.seen(desk, staff, case.no)
        if action is Action.PROPOSE:
            return proposing.proposing.brief(desk, staff, no, [], "")
        visit = Visit(None, None, staff, None, FormData(filled(desk, case)))  # type: ignore[arg-type]
        return case_actions._STEPS[str(action)](visit, desk, staff, no)

    return deed


def cell(office: Bureau, who: str, no: str, deed: Deed) -> str:
    """Return what a person may: 可, or 不可 where the person is at fault; whatever was done is undone."""

    def trial(desk: Desk, staff: Staff, case: Case) -> None:
        deed(desk, staff, case)
        raise trials.Undone

    try:
        office.on(who, no, trial)
    except trials.Undone:
        return "可"
    except (NotAllowed, NotFound):
        return "不可"
    except Refusal as refusal:
        return f"? {refusal}"
    raise AssertionError("a trial always ends")


def measured(office: Bureau) -> dict[str, dict[str, str]]:
    """Return the first table as the program has it. What the doors disagree on has both: 聊天/控制台."""
    if not trials.LEADS:
        trials.LEADS.append(office.a_case(trials.LEAD))
    found: dict[str, dict[str, str]] = {}
    for action in Action:
        no = MADE.get(action, trials.a_claimed)(office)
        ways = [door[action] for door in (IN_CHAT, {a: in_console(a) for a in Action}) if action in door]
        found[f"`{action}`"] = {}
        for who in PEOPLE:
            said = [cell(office, who, no, way) for way in ways]
            found[f"`{action}`"][who] = said[0] if len(set(said)) == 1 else "/".join(said)
    return found


def test_each_action_for_each_colleague_in_chat_and_console(bureau: Bureau) -> None:
    written = table("Actions on a case")
    names = dict(zip(list(next(iter(written.values()))), PEOPLE, strict=False))
    for action, row in measured(bureau).items():
        documented = {names[column]: said for column, said in written[action].items() if column in names}
        assert row == documented, action
    assert set(written) == {f"`{action}`" for action in Action}
    assert set(Action) - set(IN_CHAT) == {Action.NUDGE}


PAGES = (
    "account", "sessions", "cases", "failed", "messages", "hotspots", "knowledge", "knowledge/new", "knowledge/gaps",
    "knowledge/review", "knowledge/export?kind=jsonl", "reports", "reports/download", "reports/ledger", "departments",
    "accounts", "policy", "models", "settings", "templates", "staff", "audit", "duties", "duties/accounts",
    "duties/releases", "duties/selfcheck", "duties/incidents", "duties/roster", "duties/suggestions", "duties/handovers",
)  # fmt: skip
DEEDS = (
    "cases/{no}/reveal", "cases/{no}/files/{file}", "messages/{message}", "knowledge/new", "knowledge/import",
    "knowledge/{entry}/publish", "knowledge/{entry}/retire", "knowledge/source-changed", "templates", "outbox/1",
    "staff/add", "staff/disable", "staff/password", "staff/department", "audit", "duties/accounts/add",
    "duties/selfcheck/start",
)  # fmt: skip
COLUMNS = {
    "承办人": "张工",
    "审核人": "李科长",
    "部门督办人": "赵局长",
    "局领导": "王主任",
    "管理员": "钱管理",
}


def seen(colleague: Colleague, page: str) -> str:
    status = colleague.client.get(f"/console/{page}").status_code
    return {200: "可", 403: "不可"}.get(status, str(status))


def done(colleague: Colleague, path: str) -> str:
    """A deed without its fields: whoever may do it is told what is missing."""
    status = colleague.sends(path).status_code
    return "不可" if status == 403 else "可" if status < 500 else str(status)


def pages_and_deeds(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    office.writes("你好")
    office.workplace.act(
        lambda desk: learn.bring_in(desk, Entry("e1", "居住证怎么办", "三楼。", status="candidate"))
    )
    places = {"no": office.a_case(), "file": "1", "message": "1", "entry": "e1"}
    people_ = {column: signed_in(LOGINS[name]) for column, name in COLUMNS.items()}
    pages = {f"`{page}`": {c: seen(who, page) for c, who in people_.items()} for page in PAGES}
    deeds = {
        f"`{path}`": {c: done(who, path.format(**places)) for c, who in people_.items()} for path in DEEDS
    }
    return pages, deeds


def test_each_page_and_deed_of_the_console_for_each_role(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    pages, deeds = pages_and_deeds(office, signed_in)
    assert pages == table("Pages of the console")
    assert deeds == table("Deeds of the console beside cases")


def test_no_page_offers_what_its_reader_may_not_open(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    """Every link within the console opens, and no form that acts stands there without anything to press."""
    office.writes("你好")
    for number in range(3):
        office.a_case("锦绣小区的电梯又坏了", openid=f"p{number}")
    for who in map(signed_in, LOGINS.values()):
        links: set[str] = set()
        for page in ("", *PAGES, f"cases/{office.a_case()}"):
            shown = who.client.get(f"/console/{page}")
            if shown.status_code == 200 and "html" in shown.headers["content-type"]:
                links |= {link.split("#")[0] for link in re.findall(r'href="(/console/[^"]*)"', shown.text)}
                for form in re.findall(r"<form[^>]*data-act.*?</form>", shown.text, re.DOTALL):
                    assert "<button" in form or 'id="bulk"' in form, (page, form)
                assert 'id="bulk"' not in shown.text or 'form="bulk"' in shown.text
        assert {link: who.client.get(unescape(link)).status_code for link in links} == dict.fromkeys(
            links, 200
        )


def test_commands_of_the_chat_for_each_role(bureau: Bureau) -> None:
    no = bureau.a_case()
    for name, row in table("Commands of the chat").items():
        for column, said in row.items():
            deed = typed(name.strip("`/"), lambda _desk, case: case.no)
            assert cell(bureau, COLUMNS[column], no, deed) == said, (name, column)
