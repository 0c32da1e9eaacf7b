"""The knowledge pages: what one person writes, another publishes."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from cases.knowledge import learn
from cases.register import register
from cases.register.tables import AutoAnswer, KnowledgeEntry, KnowledgeVersion
from cases.steps import rate
from knowledge_base.base.entries import Entry
from knowledge_base.files import exchange
from tests.builders import Bureau, a_match
from tests.unit.console.conftest import Colleague

DATED = {"source": "《办事指南》", "review_on": date(2027, 3, 1)}


def entry(office: Bureau, entry_id: str) -> KnowledgeEntry:
    return office.workplace.look(lambda desk: learn.by_id(desk, entry_id))


def bring_in(office: Bureau, *entries: Entry) -> None:
    for one in entries:
        office.workplace.act(lambda desk, e=one: learn.bring_in(desk, e))  # type: ignore[misc]


def test_an_author_never_publishes_the_own_words(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    li, zhou = signed_in("li"), signed_in("zhou")
    written = li.sends(
        "knowledge/new", question="居住证怎么办", answer="到三楼办理。", aliases="办居住证\n\n居住证办理"
    )
    entry_id = written.headers["location"].rpartition("/")[2]
    assert entry(office, entry_id).status == "candidate"
    assert json.loads(entry(office, entry_id).aliases) == ["办居住证", "居住证办理"]
    assert li.sends(f"knowledge/{entry_id}/publish").status_code == 403
    told = {"version": 1, "source": "《居住证条例》", "review_on": "2027-03-01"}
    assert zhou.sends(f"knowledge/{entry_id}/publish", **told).status_code == 303
    assert entry(office, entry_id).status == "published"
    changed = {"question": "居住证怎么办", "answer": "到四楼办理。", "review_on": "2027-01-01", "version": 1}
    zhou.sends(f"knowledge/{entry_id}/edit", **changed)
    now = entry(office, entry_id)
    assert (now.status, now.version, now.answer) == ("candidate", 2, "到四楼办理。")
    assert zhou.sends(f"knowledge/{entry_id}/publish").status_code == 403
    assert "第 1 版" in li.sees(f"knowledge/{entry_id}")
    assert len(office.rows(KnowledgeVersion, entry_id=entry_id)) == 3
    assert li.sends(f"knowledge/{entry_id}/retire").status_code == 303
    assert entry(office, entry_id).status == "retired"


def test_handlers_and_the_administrator_publish_nothing(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    bring_in(office, Entry("e1", "居住证怎么办", "到三楼办理。", status="candidate"))
    for user in ("zhang", "admin"):
        colleague = signed_in(user)
        for action in ("publish", "retire", "edit"):
            response = colleague.sends(f"knowledge/e1/{action}", question="q", answer="a")
            assert response.status_code == 403, (user, action)
        assert colleague.sends("knowledge/publish", id="e1").status_code == 303
        upload = {"file": ("base.jsonl", b'{"question": "q", "answer": "a"}')}
        assert colleague.sends("knowledge/import", files=upload).status_code == 403
    assert entry(office, "e1").status == "candidate"
    assert signed_in("admin").sends("knowledge/new", question="问", answer="答").status_code == 400


def test_what_is_ticked_is_published_and_the_rest_is_explained(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    bring_in(
        office,
        Entry("good", "居住证怎么办", "到三楼办理。", status="candidate", **DATED),
        Entry("private", "找谁办", "找老王，13812345678。", status="candidate", **DATED),
        Entry("bare", "社保卡怎么办", "到二楼办理。", status="candidate"),
    )
    li = signed_in("li")
    assert li.sends("knowledge/publish").status_code == 400
    shown = {"version:good": 1, "version:private": 1, "version:bare": 1}
    li.sends("knowledge/publish", id=["good", "private", "bare", "gone"], **shown)
    assert entry(office, "bare").status == "candidate"
    assert (entry(office, "good").status, entry(office, "private").status) == ("published", "candidate")
    said = li.sees("knowledge?status=candidate")
    assert "已发布 1 条" in said
    assert "个人信息" in said


@pytest.mark.parametrize("kind", ["xlsx", "csv", "jsonl"])
def test_a_file_goes_out_and_comes_back_unchanged(
    office: Bureau, signed_in: Callable[[str], Colleague], tmp_path: Path, kind: str
) -> None:
    bring_in(
        office,
        Entry(
            "e1", "居住证怎么办；在哪", "第一行\n第二行", ("办证",), "城建局", "政务服务", "《条例》第三条"
        ),
        Entry("e2", "=1+1", "@SUM(A1)", status="retired"),
    )
    li = signed_in("li")
    taken = li.client.get(f"/console/knowledge/export?kind={kind}")
    file = tmp_path / f"out.{kind}"
    file.write_bytes(taken.content)
    assert [row.id for row in exchange.read(file).rows] == ["e1", "e2"]
    back = li.sends("knowledge/import", files={"file": (f"KB.{kind.upper()}", taken.content)})
    assert back.status_code == 200, back.text
    assert "新增 0 条，更新 0 条，未变 2 条，未收 0 行" in back.text
    assert [e.status for e in office.rows(KnowledgeEntry)] == ["published", "retired"]


def test_what_staff_import_waits_for_another_person(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    bring_in(office, Entry("e1", "居住证怎么办", "到三楼办理。"))
    rows = [
        {"id": "e1", "question": "居住证怎么办", "answer": "到五楼办理。", "status": "published"},
        {"id": "e3", "question": "社保卡怎么办", "answer": "到二楼办理。", "status": "published"},
        {"id": "e4", "question": "没有答案"},
    ]
    content = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
    li = signed_in("li")
    response = li.sends("knowledge/import", files={"file": ("base.jsonl", content)})
    assert response.status_code == 400
    assert "新增 1 条，更新 1 条，未变 0 条，未收 1 行" in response.text
    assert {e.id: e.status for e in office.rows(KnowledgeEntry)} == {"e1": "candidate", "e3": "candidate"}
    assert li.sends("knowledge/e3/publish").status_code == 403
    told = {"version": 1, "source": "《办事指南》", "review_on": "2027-03-01"}
    assert signed_in("zhou").sends("knowledge/e3/publish", **told).status_code == 303


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("base.exe", b"MZ"),
        ("base.xlsx", b"not a workbook"),
        ("../../base", b"x"),
        ("", b""),
        ("base.csv", b"\x00\xff\xfe"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(
    office: Bureau, signed_in: Callable[[str], Colleague], name: str, content: bytes
) -> None:
    response = signed_in("li").sends("knowledge/import", files={"file": (name, content)})
    assert response.status_code in (200, 400), response.text
    assert office.rows(KnowledgeEntry) == []


@pytest.mark.parametrize(
    ("field", "value"), [("effective_on", "yesterday"), ("review_on", "2026-02-30"), ("answer", " ")]
)
def test_a_wrong_field_keeps_what_was_typed(
    signed_in: Callable[[str], Colleague], field: str, value: str
) -> None:
    fields = {"question": "怎么办居住证", "answer": "到三楼。", field: value}
    response = signed_in("li").sends("knowledge/new", **fields)
    assert response.status_code == 400
    assert "怎么办居住证</textarea>" in response.text


def test_a_changed_document_stops_what_cites_it_and_the_list_says_why(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    bring_in(
        office,
        Entry("e1", "居住证怎么办", "到三楼办理。", source="《居住证暂行条例》第三条"),
        Entry("e2", "社保卡怎么办", "到二楼办理。", source="《社会保险法》"),
    )
    assert signed_in("zhang").sends("knowledge/source-changed", title="居住证暂行条例").status_code == 403
    assert "停自动" not in signed_in("zhang").sees("knowledge")
    assert 'action="/console/knowledge/source-changed"' not in signed_in("zhang").sees("knowledge")
    li = signed_in("li")
    assert 'action="/console/knowledge/source-changed"' in li.sees("knowledge")
    assert li.sends("knowledge/source-changed", title="").status_code == 400
    nothing = li.sends("knowledge/source-changed", title="没人引用的办法")
    assert nothing.status_code == 404 and "没有已发布的条目引用《没人引用的办法》" in nothing.text
    assert li.sends("knowledge/source-changed", title="居住证暂行条例").status_code == 303
    said = li.sees("knowledge?status=published")
    assert "1 条已停止自动答复" in said and "停自动：依据有变" in said
    assert "停自动答复：依据有变" in li.sees("knowledge/e1") and "停自动" not in li.sees("knowledge/e2")
    told = {"version": 1, "review_on": "2027-03-01"}
    assert li.sends("knowledge/e1/publish", **told).status_code == 303
    assert "停自动" not in li.sees("knowledge/e1")


def test_what_is_published_was_shown_and_has_a_source_and_a_review_day(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    bring_in(office, Entry("e1", "居住证怎么办", "到三楼办理。", status="candidate"))
    li = signed_in("li")
    for fields, field in (
        ({}, "version"),
        ({"version": 1, "source": " "}, "source"),
        ({"version": 1, "source": "《条例》", "review_on": "soon"}, "review_on"),
        ({"version": 1, "source": "《条例》", "review_on": "2026-03-01"}, "review_on"),
    ):
        refused = li.sends("knowledge/e1/publish", **fields)
        assert refused.status_code == 400 and f'data-error-for="{field}"' in refused.text, fields
    assert entry(office, "e1").status == "candidate"
    asked = {"version": 1, "source": "《条例》", "review_on": "2026-09-01"}
    assert li.sends("knowledge/e1/publish", **asked).status_code == 303
    row = entry(office, "e1")
    assert (row.status, row.source, row.review_on) == ("published", "《条例》", date(2026, 9, 1))


def test_a_change_that_came_too_late_is_refused_with_the_difference(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    bring_in(office, Entry("e1", "居住证怎么办", "到三楼办理。", **DATED))
    li, zhou = signed_in("li"), signed_in("zhou")
    fields = {"question": "居住证怎么办", "version": 1, "review_on": "2027-03-01"}
    assert zhou.sends("knowledge/e1/edit", answer="到四楼办理。", **fields).status_code == 303
    late = li.sends("knowledge/e1/edit", answer="到五楼办理。", **fields)
    assert late.status_code == 409 and "周科长已于 03-02 09:00 改过这一条" in late.text
    assert (
        "<del>四楼</del>" in late.text
        and "<ins>五楼</ins>" in late.text
        and "到五楼办理。</textarea>" in late.text
    )
    assert li.sends("knowledge/e1/publish", version=1).status_code == 409
    assert entry(office, "e1").answer == "到四楼办理。"


def test_a_candidate_stands_beside_what_is_published_on_the_same(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    bring_in(
        office,
        Entry("e1", "居住证怎么办", "到三楼办理。", **DATED),
        Entry("e2", "居住证去哪办", "到四楼办理。", status="candidate"),
    )
    li = signed_in("li")
    for path in ("knowledge/e2", "knowledge?status=candidate"):
        page = li.sees(path)
        assert "<del>三楼</del>" in page and "<ins>四楼</ins>" in page, path
    li.sends("knowledge/e2/edit", question="居住证去哪办", answer="到五楼办理。", version=1)
    page = li.sees("knowledge/e2")
    versions = re.search(r'id="versions".*?</section>', page, re.S)
    assert versions is not None and "<del>四楼</del>" in versions[0] and "<ins>五楼</ins>" in versions[0]


def test_the_review_calendar_counts_by_month(office: Bureau, signed_in: Callable[[str], Colleague]) -> None:
    days = (date(2026, 2, 1), date(2026, 3, 9), date(2026, 5, 1), date(2028, 1, 1))
    bring_in(office, *(Entry(f"e{day}", f"问{day}", "答。", review_on=day) for day in days))
    calendar = re.search(r'<table class="months">.*?</table>', signed_in("li").sees("knowledge/review"), re.S)
    assert calendar is not None
    months = re.findall(r'<th scope="col">([^<]+)', calendar[0])
    counts = [int(n) for n in re.findall(r'<td class="n[^"]*">(\d+)', calendar[0])]
    assert dict(zip(months, counts, strict=True)) | {"2026-03": 2, "2026-05": 1} == dict(
        zip(months, counts, strict=True)
    )
    assert len(months) == 12 and sum(counts) == 3


def test_an_import_names_its_file_and_every_row_at_fault(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    content = "问题,答案\n居住证怎么办,到三楼\n没有答案,\n".encode()
    li = signed_in("li")
    page = li.sends("knowledge/import", files={"file": ("窗口问答.csv", content)}).text
    assert "窗口问答.csv" in page and re.search(r'<tr data-row="3"><td class="n">3</td><td>[^<]*答案', page)
    for name, wrong in (("说明.docx", b"x"), ("坏的.xlsx", b"x")):
        refused = li.sends("knowledge/import", files={"file": (name, wrong)})
        assert refused.status_code == 400 and 'data-error-for="file"' in refused.text and name in refused.text
    assert li.sends("knowledge/import").status_code == 400


def test_a_citizen_s_wording_waits_on_the_entry_s_page_until_a_reviewer_has_looked(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    bring_in(office, Entry("e1", "居住证怎么办", "请到政务大厅三楼办理。"))
    no = office.a_case("外地人的证哪里领", match=a_match("e1"))
    office.workplace.act(lambda desk: rate.rate(desk, register.by_number(desk, no), "满意"))
    (hit,) = office.rows(AutoAnswer)
    li, zhang = signed_in("li"), signed_in("zhang")
    assert "收作问法" in li.sees("knowledge/e1") and "收作问法" not in zhang.sees("knowledge/e1")
    assert "有来信人的问法待看" in li.sees("knowledge/review")
    assert zhang.sends("knowledge/e1/wording", answer=str(hit.id), take="1").status_code == 403
    assert li.sends("knowledge/e1/wording", answer=str(hit.id), take="1").status_code == 303
    page = li.sees("knowledge/e1")
    assert "<li>外地人的证哪里领</li>" in page and "来信人的问法" not in page
