"""The page of a case and what is done on it: the same steps as in the chat, and every refusal in words."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import select

from cases.register.desk import Desk
from cases.register.tables import Audit, Case, Delivery, Draft, Extension, Media, Message, Outbox, Staff
from cases.sending import chat, outbox
from cases.steps import assign
from tests.builders import Bureau, a_triage
from tests.unit.console.conftest import Colleague

LETTER = "请问水管何时修好？我叫周小明，电话13812345678"
PRIVATE = "13812345678"
ANSWER = "您好，水管将于本周五前修好。"


def test_from_claim_to_release_through_the_pages(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    no = office.a_case(LETTER)
    zhang, li = signed_in("zhang"), signed_in("li")
    assert zhang.sends(f"cases/{no}/claim").headers["location"] == f"/console/cases/{no}"
    assert "已认领" in zhang.sees(f"cases/{no}")
    assert "已认领" not in zhang.sees(f"cases/{no}")
    zhang.sends(f"cases/{no}/draft", text=ANSWER)
    draft = office.drafts(no)[0]
    assert "含有时限承诺" not in zhang.sees(f"cases/{no}")
    decision = {"draft": draft.id, "round": draft.round}
    assert zhang.sends(f"cases/{no}/approve", **decision).status_code == 403
    assert ANSWER in li.sees(f"cases/{no}")
    assert li.sends(f"cases/{no}/return", **decision, reason="请写明责任单位").status_code == 303
    assert "请写明责任单位" in zhang.sees(f"cases/{no}")
    zhang.sends(f"cases/{no}/draft", text=ANSWER + "由自来水公司负责。")
    old = li.sends(f"cases/{no}/approve", **decision)
    assert old.status_code == 409
    assert "已失效" in old.text
    draft = office.drafts(no)[1]
    assert li.sends(f"cases/{no}/approve", draft=draft.id, round=draft.round).status_code == 303
    assert office.case(no).status == "answered"
    assert [row.kind for row in office.rows(Delivery, case_id=office.case(no).id)] == ["answer"]
    page = zhang.sees(f"cases/{no}")
    assert "发送中" in page
    assert zhang.sends(f"cases/{no}/correct", text="更正：水管下周修好。").status_code == 303
    assert office.rows(Draft, purpose="correction")[0].state == "review"


def test_a_refused_draft_stays_in_its_field(office: Bureau, signed_in: Callable[[str], Colleague]) -> None:
    no = office.a_case()
    office.claim("张工", no)
    response = signed_in("zhang").sends(f"cases/{no}/draft", text="水管将于XX修好，请【填写日期】再来。")
    assert response.status_code == 400
    assert "占位" in response.text
    assert "水管将于XX修好，请【填写日期】再来。</textarea>" in response.text
    assert office.drafts(no) == []


def test_a_suggestion_is_adopted_with_its_entry(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    from cases.knowledge import learn
    from knowledge_base.base.entries import Entry

    office.workplace.act(
        lambda desk: learn.bring_in(desk, Entry("e1", "水管维修要多久", "一般三天修好水管。"))
    )
    no = office.a_case()
    office.claim("张工", no)
    zhang = signed_in("zhang")
    assert f"/console/cases/{no}?adopt=e1#draft" in zhang.sees(f"cases/{no}")
    page = zhang.sees(f"cases/{no}?adopt=e1")
    assert "一般三天修好水管。</textarea>" in page
    zhang.sends(f"cases/{no}/draft", text="一般三天修好水管。", entry="e1")
    assert office.drafts(no)[0].entry_id == "e1"
    assert zhang.sends(f"cases/{no}/draft", text="一般三天修好水管。", entry="none").status_code == 404


def test_the_answer_to_a_like_case_can_be_taken_as_a_start(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    before = office.answered("请问幸福路的水管多久修好", answer="维修队本周到幸福路更换水管。")
    no = office.a_case("请问幸福路的水管多久能修好")
    office.claim("张工", no)
    zhang = signed_in("zhang")
    assert f"/console/cases/{no}?like={before}#draft" in zhang.sees(f"cases/{no}")
    assert "维修队本周到幸福路更换水管。</textarea>" in zhang.sees(f"cases/{no}?like={before}")
    assert "更换水管。</textarea>" not in zhang.sees(f"cases/{no}?like=20260101-0001")


def test_questions_refusals_transfer_category_and_extension(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    zhang, wang, zhao = signed_in("zhang"), signed_in("wang"), signed_in("zhao")
    asked, refused, moved, kind, longer = (office.a_case(f"请问水管{n}") for n in range(5))
    for no in (asked, refused, moved, kind, longer):
        office.claim("张工", no)
    zhang.sends(f"cases/{asked}/question", text="请说明小区的名称。")
    zhang.sends(f"cases/{refused}/refuse", text="属于广告，不予受理。")
    assert [d.purpose for no in (asked, refused) for d in office.drafts(no)] == ["question", "refusal"]
    gone = zhang.sends(f"cases/{moved}/transfer", department="交通局", reason="非本局职责")
    assert (gone.status_code, gone.headers["location"]) == (303, "/console/cases")
    assert "已转交通局" in zhang.sees("cases") and office.case(moved).handler_id is None
    zhang.sees(f"cases/{moved}", 404)
    assert zhang.sends(f"cases/{kind}/reclassify", category="complaint").status_code == 303
    assert office.case(kind).due_on.isoformat() == "2026-03-30"
    assert "收到来信" in zhang.sees(f"cases/{kind}")
    assert zhang.sends(f"cases/{kind}/reclassify", category="nonsense").status_code == 400
    assert zhang.sends(f"cases/{longer}/extend", reason=" ").status_code == 400
    assert zhang.sends(f"cases/{longer}/extend", reason="等待备件").status_code == 303
    extension = office.rows(Extension)[0].id
    assert "等待备件" in wang.sees(f"cases/{longer}")
    assert zhang.sends(f"cases/{longer}/decide", extension=extension, consent="yes").status_code == 403
    assert wang.sends(f"cases/{longer}/decide", extension=extension, consent="maybe").status_code == 400
    assert wang.sends(f"cases/{asked}/decide", extension=extension, consent="yes").status_code == 404
    assert zhao.sends(f"cases/{longer}/decide", extension=extension, consent="yes").status_code == 303
    assert office.case(longer).due_on.isoformat() == "2026-03-30"
    assert zhang.sends(f"cases/{longer}/explode").status_code == 404


def test_the_administrator_handles_and_reveals_nothing(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    no = office.a_case(LETTER)
    admin = signed_in("admin")
    page = admin.sees(f"cases/{no}")
    for word in ("认领</button>", "显示原文", "改类", PRIVATE):
        assert word not in page
    for action in ("claim", "reveal", "reclassify"):
        assert admin.sends(f"cases/{no}/{action}", category="praise").status_code == 403
    assert office.case(no).status == "new"


def test_the_original_is_masked_until_it_is_revealed_on_record(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    no = office.a_case(LETTER)
    zhang = signed_in("zhang")
    assert PRIVATE not in zhang.sees(f"cases/{no}")
    assert zhang.client.get(f"/console/cases/{no}/reveal").status_code == 404
    assert office.rows(Audit, action="case.reveal") == []
    revealed = zhang.sends(f"cases/{no}/reveal")
    assert revealed.status_code == 200
    assert PRIVATE in revealed.text
    row = office.rows(Audit, action="case.reveal")[0]
    assert (row.actor, row.subject) == ("张工", f"case:{no}")
    assert PRIVATE not in zhang.sees(f"cases/{no}")
    assert office.chain().ok


def a_file(office: Bureau, no: str, folder: Path, content: bytes, kind: str) -> int:
    """Keep a file for the case as the media worker does; returns its number."""
    digest = hashlib.sha256(content).hexdigest()
    (folder / "media").mkdir(exist_ok=True)
    (folder / "media" / digest).write_bytes(office.workplace.office.vault.seal_bytes(content))

    def step(desk: Desk) -> int:
        message = desk.session.exec(select(Message).where(Message.case_id == office.case(no).id)).first()
        assert message is not None
        row = Media(
            message_id=message.id or 0,
            media_id="m",
            kind="image",
            state="kept",
            content_type=kind,
            size=9,
            sha256=digest,
        )
        desk.session.add(row)
        desk.session.flush()
        return row.id or 0

    return office.workplace.act(step)


def test_files_are_handed_out_on_record_by_what_is_found_in_them(
    office: Bureau, signed_in: Callable[[str], Colleague], tmp_path: Path
) -> None:
    no, other = office.a_case(LETTER), office.a_case("请问公交")
    png = b"\x89PNG\r\n\x1a\n picture"
    picture = a_file(office, no, tmp_path, png, "text/html")
    page = a_file(office, no, tmp_path, b"<script>alert(1)</script>", "image/png")
    zhang = signed_in("zhang")
    shown = zhang.sends(f"cases/{no}/files/{picture}")
    assert shown.content == png
    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["content-disposition"] == f'attachment; filename="{no}-{picture}.png"'
    saved = zhang.sends(f"cases/{no}/files/{page}")
    assert saved.headers["content-type"] == "application/octet-stream"
    assert saved.headers["content-disposition"].startswith("attachment")
    assert len(office.rows(Audit, action="case.reveal")) == 2
    assert signed_in("chen").sends(f"cases/{other}/files/{picture}").status_code == 404
    assert signed_in("admin").sends(f"cases/{no}/files/{picture}").status_code == 403
    for damaged in (tmp_path / "media").iterdir():
        damaged.write_bytes(b"x" * 40)
    assert zhang.sends(f"cases/{no}/files/{picture}").status_code == 404
    for damaged in (tmp_path / "media").iterdir():
        damaged.unlink()
    assert "备份" in zhang.sends(f"cases/{no}/files/{picture}").text


def test_a_small_word_that_is_another_departments_opens_no_page_that_is_not_there(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    office.writes("公交", judged=a_triage(topic="交通运输", chitchat=True))
    opened = signed_in("zhang").sends(f"messages/{office.rows(Message)[0].id}", category="complaint")
    assert (opened.status_code, opened.headers["location"]) == (303, "/console/cases")
    assert len(office.rows(Case)) == 1


def test_a_small_word_becomes_a_case_once(office: Bureau, signed_in: Callable[[str], Colleague]) -> None:
    office.writes("你好")
    office.clock.advance(days=2)
    message = office.rows(Message)[0].id
    zhang = signed_in("zhang")
    assert "你好" in zhang.sees("messages")
    assert signed_in("admin").sends(f"messages/{message}").status_code == 403
    assert zhang.sends(f"messages/{message}", category="nonsense").status_code == 400
    opened = zhang.sends(f"messages/{message}", category="complaint")
    no = opened.headers["location"].rpartition("/")[2]
    assert office.case(no).received_at == office.rows(Message)[0].received_at
    assert office.case(no).due_on.isoformat() == "2026-03-30"
    assert zhang.sends(f"messages/{message}").status_code == 409
    assert "没有未立件的消息" in zhang.sees("messages")


HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>{{99999*99999}}"


def test_hostile_words_are_shown_as_words(office: Bureau, signed_in: Callable[[str], Colleague]) -> None:
    no = office.a_case("请问水管" + HOSTILE)
    zhang = signed_in("zhang")
    zhang.sends(f"cases/{no}/claim")
    zhang.sends(f"cases/{no}/draft", text="水管" + HOSTILE)
    for page in (
        f"cases/{no}",
        "cases",
        f"cases?no={HOSTILE}",
        f"knowledge?q={HOSTILE}",
        f"knowledge?ask={HOSTILE}",
    ):
        text = zhang.sees(page)
        assert "<script>alert" not in text, page
        assert "<img src=x" not in text, page
        assert "9999800001" not in text, page
    revealed = zhang.sends(f"cases/{no}/reveal").text
    assert "&lt;script&gt;" in revealed
    assert "<script>alert" not in revealed
    assert "<script>" not in zhang.sees("cases/<script>alert(1)</script>", 404).replace("<script src", "")


@pytest.mark.parametrize("path", ["cases/" + "9" * 3000, "cases/%00", "nothing/here", "cases/a/b/c"])
def test_an_unknown_page_is_said_in_chinese(signed_in: Callable[[str], Colleague], path: str) -> None:
    assert "没有" in signed_in("zhang").sees(path, 404)


def test_the_page_derives_the_date_day_by_day(office: Bureau, signed_in: Callable[[str], Colleague]) -> None:
    office.clock.set(2026, 9, 29)
    page = signed_in("zhang").sees(f"cases/{office.a_case()}")
    assert page.count('<tr class="counts">') == 10
    for word in ("收到当日不计", "国庆节", "调休上班", "2026-10-10"):
        assert word in page


def test_the_overview_counts_and_warns(office: Bureau, signed_in: Callable[[str], Colleague]) -> None:
    office.a_case("表扬水管师傅")
    office.answered()
    wang = signed_in("wang")
    assert "放假安排" not in wang.sees("")
    office.clock.set(2026, 12, 1)
    wang.signs_in("wang")
    page = wang.sees("")
    assert "缺少 2027 年放假安排" in page
    assert "<b>1</b><span>逾期</span>" in page


def test_a_silent_chat_and_failed_sendings_are_named_on_the_overview(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    def fail(desk: Desk) -> None:
        outbox.put(desk, key="k", lane="citizen", target="citizen:1", kind="delivery", now=desk.now)
        chat.trouble(desk, "telegram", "-1001", "bot was kicked")

    office.workplace.act(fail)
    row = office.rows(Outbox, key="k")[0]
    office.workplace.act(lambda desk: setattr(desk.session.get_one(Outbox, row.id), "state", "failed"))
    page = signed_in("wang").sees("")
    assert 'data-tile="failed" data-count="1"' in page
    assert "-1001" in page
    assert "bot was kicked" in page
    assert 'data-tile="failed" data-count="0"' in signed_in("zhang").sees("")


def test_a_text_that_comes_too_late_is_still_there_with_who_did_what(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    no = office.a_case()
    office.claim("张工", no)
    office.approve("李科长", office.draft("张工", no, ANSWER))
    late = signed_in("zhang").sends(f"cases/{no}/draft", text="您好，更完整的答复在此。")
    assert late.status_code == 409
    assert "李科长已于 03-02 09:00 签发了答复" in late.text
    assert "您好，更完整的答复在此。</textarea>" in late.text and "卡片" not in late.text


def test_a_text_for_a_case_that_somebody_else_has_by_now_is_still_there(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    no = office.a_case()
    office.claim("张工", no)
    to = office.ids["刘工"]
    office.on(
        "赵局长", no, lambda desk, me, case: assign.assign(desk, me, case, desk.session.get_one(Staff, to))
    )
    late = signed_in("zhang").sends(f"cases/{no}/draft", text="您好，更完整的答复在此。")
    assert late.status_code == 403 and "赵局长已于 03-02 09:00 指派了承办人" in late.text
    assert "您好，更完整的答复在此。</textarea>" in late.text


def test_danger_is_taken_on_the_page_and_has_no_extension_refusal_or_suggestion(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    no = office.a_case("水管坏了，我要跳楼")
    zhang, li = signed_in("zhang"), signed_in("li")
    page = zhang.sees(f"cases/{no}")
    assert 'data-act="take"' in page and "110" in page and "尚无人处置" in page
    assert zhang.sends(f"cases/{no}/take").status_code == 303
    assert li.sends(f"cases/{no}/take").status_code == 409
    zhang.sends(f"cases/{no}/claim")
    page = zhang.sees(f"cases/{no}")
    assert "接手处置" in page and 'data-act="take"' not in page
    assert all(f"cases/{no}/{form}" not in page for form in ("extend", "refuse")) and "建议答复" not in page
    assert zhang.sends(f"cases/{no}/extend", reason="情况复杂").status_code == 400
    assert zhang.sends(f"cases/{no}/refuse", text="重复来信，不予受理。").status_code == 400
