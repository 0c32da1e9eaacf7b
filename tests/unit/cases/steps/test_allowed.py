"""Every state of a case × every role × every tie to it: what is offered is accepted, what is missing is refused."""

from collections.abc import Callable, Iterator

import pytest

from cases.register import drafts, extensions, register
from cases.register.desk import Desk
from cases.register.errors import Refusal
from cases.register.states import Purpose
from cases.register.tables import Case, Message, Staff
from cases.steps import (
    allowed,
    assign,
    cohandle,
    danger,
    draft,
    extend,
    link,
    nudge,
    promise,
    propose,
    review,
    split,
)
from cases.steps.allowed import Action
from tests.builders import Bureau, a_bureau, a_store

Deed = Callable[[Desk, Staff, Case], object]
EVERYBODY = ("张工", "刘工", "陈师傅", "李科长", "周科长", "赵局长", "王主任", "钱管理")
LEAD = "另一件水管坏了，请修理"


class Undone(Exception):
    """Ends a transaction, so that one case serves for every trial."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    store = a_store(tmp_path_factory.mktemp("allowed") / "huiyin.db")
    yield a_bureau(store)


def submit(purpose: Purpose) -> Deed:
    return lambda desk, staff, case: draft.submit(desk, staff, case, "水管已经修好，请您查看。", purpose)


def decide_draft(passes: bool) -> Deed:
    def deed(desk: Desk, staff: Staff, case: Case) -> None:
        under = drafts.under_review(desk, case)
        if under is None:
            # nobody can press what stands on no card: the last text of the case, long decided, is tried
            rows = case_drafts(desk, case)
            under = rows[-1] if rows else drafts.by_id(desk, None)
        if passes:
            review.approve(desk, staff, under, under.round)
        else:
            review.send_back(desk, staff, under, under.round, "请写明日期")

    return deed


def case_drafts(desk: Desk, case: Case) -> list[drafts.Draft]:
    return [
        d
        for n in range(1, 60)
        if (d := desk.session.get(drafts.Draft, n)) is not None and d.case_id == case.id
    ]


def last_message(desk: Desk, case: Case) -> int:
    ids = [
        m.id or 0
        for n in range(1, 60)
        if (m := desk.session.get(Message, n)) is not None and m.case_id == case.id
    ]
    return ids[-1]


def decide_extension(desk: Desk, staff: Staff, case: Case) -> None:
    wish = extensions.latest(desk, case)
    extend.decide(desk, staff, extensions.by_id(desk, wish.id if wish else None), consent=False)


def to_another(desk: Desk, staff: Staff, case: Case) -> None:
    assign.transfer(desk, staff, case, "环保局")


DEEDS: dict[Action, Deed] = {
    Action.PROPOSE: lambda d, s, c: propose.ask(d, s, c, ""),
    Action.TAKE: danger.take,
    Action.CALM: lambda d, s, c: danger.call_off(d, s, c, "已电话核实，无人受伤"),
    Action.ASSIGN: lambda d, s, c: assign.assign(d, s, c, assign.candidates(d, c)[0]),
    Action.NUDGE: nudge.case,
    Action.CLAIM: assign.claim,
    Action.DRAFT: submit(Purpose.ANSWER),
    Action.APPROVE: decide_draft(True),
    Action.RETURN: decide_draft(False),
    Action.RECLASSIFY: lambda d, s, c: assign.reclassify(d, s, c, "praise"),
    Action.TRANSFER: to_another,
    Action.EXTEND: lambda d, s, c: extend.ask(d, s, c, "需要现场勘查"),
    Action.DECIDE: decide_extension,
    Action.ASK: submit(Purpose.QUESTION),
    Action.REFUSE: submit(Purpose.REFUSAL),
    Action.CORRECT: submit(Purpose.CORRECTION),
    Action.COHANDLE: lambda d, s, c: cohandle.ask(d, s, c, "环保局"),
    Action.OPINION: lambda d, s, c: cohandle.give(d, s, c, "同意占道"),
    Action.SPLIT: lambda d, s, c: split.split(d, s, c, last_message(d, c)),
    Action.LINK: lambda d, s, c: link.link(d, s, c, register.by_number(d, LEADS[0])),
    Action.UNLINK: link.unlink,
    Action.KEEP: promise.close,
}
LEADS: list[str] = []


def two_messages(office: Bureau) -> str:
    who = f"citizen-of-two-{len(office.rows(Case))}"
    no = office.a_case("请问水管多久修好", who)
    assert office.a_case("就在三号楼", who) == no
    return no


def a_new(office: Bureau) -> str:
    return two_messages(office)


def a_claimed(office: Bureau) -> str:
    no = two_messages(office)
    office.claim("张工", no)
    return no


def with_the_head(office: Bureau) -> str:
    no = two_messages(office)
    office.claim("赵局长", no)
    return no


def in_review(office: Bureau) -> str:
    no = a_claimed(office)
    office.draft("张工", no, "水管已经修好。")
    return no


def an_urgent_in_review(office: Bureau) -> str:
    no = office.a_case("水管爆裂，我要跳楼")
    office.claim("张工", no)
    office.draft("张工", no, "已经派人前往。")
    return no


def an_urgent_claimed(office: Bureau) -> str:
    no = office.a_case("水管爆裂，我要跳楼")
    office.claim("张工", no)
    office.on("王主任", no, danger.take)
    return no


def an_extension_wished(office: Bureau) -> str:
    no = a_claimed(office)
    office.on("张工", no, lambda d, s, c: extend.ask(d, s, c, "需要勘查"))
    return no


def co_handled(office: Bureau) -> str:
    no = a_claimed(office)
    office.on("张工", no, lambda d, s, c: cohandle.ask(d, s, c, "交通局"))
    return no


def linked(office: Bureau) -> str:
    no = two_messages(office)
    office.on("张工", no, lambda d, s, c: link.link(d, s, c, register.by_number(d, LEADS[0])))
    return no


def answered_with_a_promise(office: Bureau) -> str:
    no = a_claimed(office)
    office.approve("李科长", office.draft("张工", no, "我们将在5个工作日内修好水管。"))
    return no


def refused(office: Bureau) -> str:
    no = a_claimed(office)
    office.approve("李科长", office.draft("张工", no, "属于重复来信。", Purpose.REFUSAL))
    return no


def an_accusation(office: Bureau) -> str:
    no = office.a_case("举报水务所所长收受贿赂")
    office.workplace.act(lambda desk: mark_accusation(desk, no))
    return no


def mark_accusation(desk: Desk, no: str) -> None:
    case = register.by_number(desk, no)
    case.accusation, case.department_id = True, None
    desk.session.add(case)


def returned(office: Bureau) -> str:
    no = a_claimed(office)
    office.send_back("李科长", office.draft("张工", no, "修好了。"), "太短")
    return no


STATES = (
    a_new, a_claimed, with_the_head, in_review, an_urgent_in_review, an_urgent_claimed, an_extension_wished, co_handled, linked,
    answered_with_a_promise, refused, an_accusation, returned,
)  # fmt: skip


@pytest.mark.parametrize("state", STATES, ids=lambda made: made.__name__)
def test_what_is_offered_is_accepted_and_what_is_not_is_refused(
    office: Bureau, state: Callable[[Bureau], str]
) -> None:
    if not LEADS:
        LEADS.append(office.a_case(LEAD))
        office.workplace.act(a_third_department)
    no = state(office)
    wrong = []
    for who in EVERYBODY:
        can = office.on(who, no, allowed.allowed)
        for action, deed in DEEDS.items():
            done = tried(office, who, no, deed)
            if done != (action in can):
                wrong.append(f"{who}: {action} {'accepted' if done else 'refused'}, offered: {action in can}")
    assert not wrong


def a_third_department(desk: Desk) -> None:
    from cases.register import people

    people.add_department(desk, "环保局", "环境保护")


def tried(office: Bureau, who: str, no: str, deed: Deed) -> bool:
    """Return whether the step accepted; whatever it did is undone."""

    def trial(desk: Desk, staff: Staff, case: Case) -> None:
        deed(desk, staff, case)
        desk.session.flush()
        raise Undone

    try:
        office.on(who, no, trial)
    except Undone:
        return True
    except Refusal:
        return False
    raise AssertionError("a trial always ends")


def test_every_action_has_a_rule_and_a_trial() -> None:
    assert set(DEEDS) == set(Action) == set(allowed._RULES)


def test_a_card_offers_what_somebody_may_do(office: Bureau) -> None:
    no = a_new(office)
    shown = office.workplace.look(lambda desk: allowed.offered(desk, register.by_number(desk, no)))
    assert {
        Action.CLAIM,
        Action.RECLASSIFY,
        Action.TRANSFER,
        Action.EXTEND,
        Action.ASK,
        Action.REFUSE,
    } <= shown
    assert not shown & {Action.APPROVE, Action.DECIDE, Action.CORRECT, Action.UNLINK, Action.KEEP}
