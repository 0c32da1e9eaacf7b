"""A case at each stage of its life: who walks it there is always 张工, 李科长 and, where one is needed, 王主任."""

from collections.abc import Callable

from cases.register import drafts, extensions, register
from cases.register.desk import Desk
from cases.register.states import Purpose
from cases.register.tables import Case, Extension, Staff
from cases.steps import extend, link, rate
from tests.builders import Bureau, a_match

COMPLAINT = "投诉水管漏水"
ANSWER = "水管本周内修好。"


def new(office: Bureau) -> str:
    return office.a_case(COMPLAINT)


def claimed(office: Bureau) -> str:
    no = new(office)
    office.claim("张工", no)
    return no


def in_review(office: Bureau) -> str:
    no = claimed(office)
    office.draft("张工", no, ANSWER)
    return no


def returned(office: Bureau) -> str:
    no = in_review(office)
    office.send_back("李科长", office.drafts(no)[-1].id or 0, "请写明日期")
    return no


def answered(office: Bureau) -> str:
    return office.answered(COMPLAINT, ANSWER)


def refused(office: Bureau) -> str:
    no = claimed(office)
    office.approve("李科长", office.draft("张工", no, "水管属于物业，不予受理。", Purpose.REFUSAL))
    return no


def automatic(office: Bureau) -> str:
    return office.a_case("请问居住证怎么办", match=a_match("K1"))


def promised(office: Bureau) -> str:
    return office.answered(COMPLAINT, "水管将于3月20日前修好。")


def reopened(office: Bureau) -> str:
    no = answered(office)
    office.workplace.act(lambda desk: rate.rate(desk, register.by_number(desk, no), "不满意"))
    return no


def urgent(office: Bureau) -> str:
    return office.a_case("投诉水管，我要跳楼")


def accusation(office: Bureau) -> str:
    return office.a_case("举报局长收钱")


def comment(office: Bureau) -> str:
    return office.a_case(COMPLAINT, channel="comment")


def asked_for_time(office: Bureau) -> str:
    no = claimed(office)
    office.on("张工", no, lambda desk, staff, case: extend.ask(desk, staff, case, "需要勘查"))
    return no


def extended(office: Bureau) -> str:
    no = asked_for_time(office)
    office.on("王主任", no, lambda desk, staff, case: extend.decide(desk, staff, wish_of(desk, case), True))
    return no


def linked(office: Bureau) -> str:
    """A case that is answered by a lead, which 张工 has claimed."""
    lead, no = claimed(office), new(office)

    def step(desk: Desk, staff: Staff, case: Case) -> None:
        link.link(desk, staff, case, register.by_number(desk, lead))

    office.on("张工", no, step)
    return no


STAGES: dict[str, Callable[[Bureau], str]] = {
    stage.__name__: stage
    for stage in (
        new, claimed, in_review, returned, answered, refused, automatic, promised, reopened, urgent, accusation,
        comment, asked_for_time, extended, linked,
    )
}  # fmt: skip


def wish_of(desk: Desk, case: Case) -> Extension:
    found = extensions.latest(desk, case)
    assert isinstance(found, Extension)
    return found


def under_review(office: Bureau, no: str) -> int:
    """Return the id of the draft that waits for a reviewer."""
    found = office.workplace.look(lambda desk: drafts.under_review(desk, register.by_number(desk, no)))
    assert found is not None
    return found.id or 0
