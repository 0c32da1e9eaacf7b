"""An approved answer becomes a candidate without personal data; another person publishes it."""

import json
from datetime import date, timedelta

import pytest

from cases.knowledge import learn
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotAllowed, NotFound
from cases.register.states import Purpose
from cases.register.tables import KnowledgeEntry, KnowledgeVersion, Outbox
from knowledge_base.base.entries import Entry, can_answer
from tests.builders import Bureau
from text.masking import findings


def candidates(bureau: Bureau) -> list[KnowledgeEntry]:
    return bureau.rows(KnowledgeEntry, status="candidate")


def test_a_candidate_holds_no_personal_data(bureau: Bureau) -> None:
    question = "我叫张小三，电话13812345678，请问水管多久修好"
    bureau.answered(question, "张小三您好，水管请联系13987654321，住3栋2单元501室的先报修。")
    (row,) = candidates(bureau)
    assert findings(f"{row.question}\n{row.answer}") == []
    for secret in ("13812345678", "13987654321", "501室"):
        assert secret not in row.question + row.answer
    assert row.department == "城建局" and row.author_id == bureau.ids["张工"]
    assert len(bureau.rows(Outbox, kind="candidate_card")) == 1


@pytest.mark.parametrize("more", [{}, {"channel": "comment"}, {"kind": "voice"}])
def test_after_every_approved_answer_to_an_inquiry_there_is_a_candidate(
    bureau: Bureau, more: dict[str, str]
) -> None:
    bureau.answered(**more)
    assert len(candidates(bureau)) == 1


def test_a_question_that_came_after_a_photograph_is_found(bureau: Bureau) -> None:
    no = bureau.a_case("", "amy", kind="image")
    bureau.a_case("请问水管多久修好", "amy")
    bureau.claim("张工", no)
    bureau.approve("李科长", bureau.draft("张工", no, "水管周五修好。"))
    assert [row.question for row in candidates(bureau)] == ["请问水管多久修好"]


@pytest.mark.parametrize("text", ["投诉水管", "表扬水管师傅", "水管，举报局长"])
def test_complaints_praise_and_accusations_teach_nothing(bureau: Bureau, text: str) -> None:
    no = bureau.a_case(text)
    bureau.claim("王主任", no)
    bureau.approve("赵局长", bureau.draft("王主任", no, "水管已修好。"))
    assert bureau.rows(KnowledgeEntry) == []


def test_a_question_and_a_refusal_teach_nothing(bureau: Bureau) -> None:
    no = bureau.a_case()
    bureau.claim("张工", no)
    bureau.approve("李科长", bureau.draft("张工", no, "请问是哪栋楼的水管？", Purpose.QUESTION))
    bureau.approve("李科长", bureau.draft("张工", no, "水管重复来信。", Purpose.REFUSAL))
    assert bureau.rows(KnowledgeEntry) == []


def test_the_same_question_makes_no_second_candidate(bureau: Bureau) -> None:
    bureau.answered("请问水管多久修好？")
    bureau.answered("请问，水管多久修好")
    (row,) = candidates(bureau)
    assert json.loads(row.aliases) == ["请问，水管多久修好"]


def test_another_answer_to_the_same_question_is_a_candidate_beside_the_old_one(bureau: Bureau) -> None:
    bureau.answered("请问水管多久修好？", "水管周五修好。")
    (old,) = candidates(bureau)
    bureau.act("周科长", lambda desk, staff: learn.publish(desk, old.id, staff))
    bureau.answered("请问水管多久修好", "水管改为下周一修好。")
    (fresh,) = candidates(bureau)
    assert (fresh.answer, fresh.case_id != old.case_id) == ("水管改为下周一修好。", True)
    assert [row.answer for row in bureau.rows(KnowledgeEntry, status="published")] == ["水管周五修好。"]
    assert len(bureau.rows(Outbox, kind="candidate_card")) == 2
    bureau.answered("请问：水管多久修好！", "水管改为下周一修好")  # the same again, in other spelling
    assert len(bureau.rows(KnowledgeEntry)) == 2


def test_a_correction_corrects_the_candidate_too(bureau: Bureau) -> None:
    no = bureau.answered(answer="水管周五修好。")
    bureau.approve("李科长", bureau.draft("张工", no, "水管改为周日修好。", Purpose.CORRECTION))
    (row,) = candidates(bureau)
    assert (row.answer, row.version) == ("水管改为周日修好。", 2)
    assert [v.answer for v in bureau.rows(KnowledgeVersion)] == ["水管周五修好。", "水管改为周日修好。"]


def test_another_person_publishes(bureau: Bureau) -> None:
    bureau.answered()
    entry_id = candidates(bureau)[0].id
    with pytest.raises(NotAllowed):
        bureau.act("张工", lambda desk, staff: learn.publish(desk, entry_id, staff))
    bureau.act("周科长", lambda desk, staff: learn.publish(desk, entry_id, staff))
    (row,) = bureau.rows(KnowledgeEntry)
    assert (row.status, row.approver_id) == ("published", bureau.ids["周科长"])
    bureau.act("周科长", lambda desk, staff: learn.retire(desk, entry_id, staff))
    assert bureau.rows(KnowledgeEntry)[0].status == "retired"


@pytest.mark.parametrize(("question", "answer"), [("水管", "请打13812345678"), ("", "好"), ("水管", " ")])
def test_what_holds_personal_data_or_nothing_is_not_published(
    bureau: Bureau, question: str, answer: str
) -> None:
    bureau.workplace.act(lambda desk: learn.bring_in(desk, Entry("E1", question, answer, status="candidate")))
    with pytest.raises(Invalid):
        bureau.workplace.act(lambda desk: learn.publish(desk, "E1"))


def test_an_author_does_not_publish_the_own_entry_and_an_edit_waits_anew(bureau: Bureau) -> None:
    bureau.act("李科长", lambda desk, staff: learn.write(desk, Entry("", "水管", "找我们"), staff))
    entry_id = candidates(bureau)[0].id
    with pytest.raises(NotAllowed):
        bureau.act("李科长", lambda desk, staff: learn.publish(desk, entry_id, staff))
    bureau.act("周科长", lambda desk, staff: learn.publish(desk, entry_id, staff))
    edited = Entry(entry_id, "水管", "找他们")
    bureau.act("李科长", lambda desk, staff: learn.edit(desk, edited, staff))
    assert [row.status for row in bureau.rows(KnowledgeEntry)] == ["candidate"]


def test_the_index_follows_every_change_in_order(bureau: Bureau) -> None:
    for number in range(3):
        bureau.workplace.act(lambda d, n=number: learn.bring_in(d, Entry(f"E{n}", f"问题{n}", "答")))  # type: ignore[misc]
    before = bureau.workplace.look(learn.last_seq)
    bureau.workplace.act(lambda desk: learn.retire(desk, "E0"))

    def since(desk: Desk) -> list[str]:
        return [row.id for row in learn.changes_since(desk.session, before)]

    assert before == 3 and bureau.workplace.look(since) == ["E0"]


def test_bringing_in_twice_changes_nothing(bureau: Bureau) -> None:
    entry = Entry("E1", "水管", "找我们", aliases=("水管坏了",))
    said = [bureau.workplace.act(lambda desk: learn.bring_in(desk, entry)) for _ in range(2)]
    said.append(bureau.workplace.act(lambda desk: learn.bring_in(desk, Entry("E1", "水管", "找他们"))))
    assert said == ["added", "same", "updated"]
    with pytest.raises(NotFound):
        bureau.workplace.act(lambda desk: learn.publish(desk, "E9"))


def test_words_of_time_in_an_answer_are_its_last_day(bureau: Bureau) -> None:
    def bring(entry: Entry) -> str:
        return bureau.workplace.act(lambda desk: learn.bring_in(desk, entry))

    bring(Entry("E1", "春季班怎么报名", "明年春季班1月5日至16日报名。"))
    bring(Entry("E2", "医保怎么交", "每年9月1日至12月31日缴费。"))
    bring(Entry("E3", "窗口办吗", "窗口暂停办理。", review_on=date(2030, 1, 1)))
    rows = {row.id: row for row in bureau.rows(KnowledgeEntry)}
    year = bureau.workplace.look(lambda desk: desk.today).year + 1
    assert [rows[name].review_on for name in ("E1", "E2", "E3")] == [
        date(year, 1, 16),
        bureau.workplace.look(lambda desk: desk.today) + timedelta(days=365),  # nothing answers without end
        date(2030, 1, 1),
    ]
    assert not can_answer(learn.as_entry(rows["E1"]), date(year, 1, 17))
    assert bring(Entry("E1", "春季班怎么报名", "明年春季班1月5日至16日报名。")) == "same"


def test_what_grew_from_an_answer_has_a_source_and_a_review_day_when_published(bureau: Bureau) -> None:
    bureau.answered(answer="水管坏了请拨打供水热线报修，全天有人接听。")
    entry_id = candidates(bureau)[0].id
    bureau.act("周科长", lambda desk, staff: learn.publish(desk, entry_id, staff))
    (row,) = bureau.rows(KnowledgeEntry)
    assert "审定的答复" in row.source
    assert row.review_on == bureau.workplace.look(lambda desk: desk.today) + timedelta(days=365)


def test_an_answer_about_one_person_s_case_is_published_for_nobody(bureau: Bureau) -> None:
    bureau.answered(answer="您的申请已于周三通过。")
    entry_id = candidates(bureau)[0].id
    with pytest.raises(Invalid, match="一个人的事"):
        bureau.act("周科长", lambda desk, staff: learn.publish(desk, entry_id, staff))
