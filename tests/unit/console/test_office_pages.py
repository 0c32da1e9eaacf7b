"""Administration, matters of many, what is missing in the knowledge base, the trail in Chinese."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import sla
from cases.knowledge import learn
from cases.lists import browse
from cases.register.tables import Case
from console.door import Facts
from knowledge_base.base.entries import Entry
from tests.builders import Bureau
from tests.unit.console.conftest import Colleague

SignIn = Callable[[str], Colleague]
ADMINISTRATION = ("departments", "accounts", "policy", "models", "settings", "staff")


@pytest.mark.parametrize("page", ADMINISTRATION)
def test_administration_is_out_of_a_handlers_sight(signed_in: SignIn, page: str) -> None:
    zhang = signed_in("zhang")
    zhang.sees(page, 403)
    assert f'href="/console/{page}"' not in zhang.sees("")
    for user in ("wang", "admin"):
        signed_in(user).sees(page)
    assert f'href="/console/{page}"' in signed_in("admin").sees("")


def test_a_department_without_a_reviewer_is_said(signed_in: SignIn) -> None:
    page = signed_in("admin").sees("departments")
    bus = re.search(r'data-department="交通局">.*?</tr>', page, re.DOTALL)
    assert bus is not None and "没有审核人" in bus[0] and "没有负责人" in bus[0]
    assert "没有部门负责的主题" in page and "环境保护" in page


def test_another_policy_is_tried_and_changes_nothing(office: Bureau, signed_in: SignIn) -> None:
    praise, asked = office.a_case("表扬水管师傅"), office.a_case("请问水管")
    wang = signed_in("wang")
    page = wang.sees("policy?advice_inquiry=15&praise=5")
    assert re.findall(r'<tr data-no="([^"]+)"', page) == [asked]
    assert "2026-03-16" in page and "2026-03-23" in page
    assert office.case(asked).due_on.isoformat() == "2026-03-16" and office.case(praise).due_on.day == 9
    assert 'data-error-for="praise"' in wang.sees("policy?praise=0", 400)


def test_settings_say_no_secret() -> None:
    from app.settings import Settings

    shown = dict(Settings(
        wechat_app_id="wx1", wechat_app_secret="s3cret-value", wechat_token="t0ken-value",
        database_url="postgresql://huiyin:p4ss@db/huiyin",
    ).shown())  # fmt: skip
    assert shown["HUIYIN_WECHAT_APP_SECRET"] == "已设置"
    assert not any(word in str(shown) for word in ("s3cret", "t0ken", "p4ss"))
    assert Facts(settings=tuple(shown.items())).settings


def test_the_trail_is_searched_in_chinese_and_within_sight(office: Bureau, signed_in: SignIn) -> None:
    pipe, bus = office.a_case("请问水管"), office.a_case("请问公交")
    office.claim("张工", pipe)
    office.claim("陈师傅", bus)
    office.send_back("李科长", office.draft("张工", pipe, "水管会修好。"), "写明日期")
    wang, zhao = signed_in("wang"), signed_in("zhao")
    page = wang.sees("audit?q=退回")
    assert pipe in page and bus not in page and "写明日期" in page
    assert bus in wang.sees("audit?q=认领")
    assert bus not in zhao.sees("audit") and pipe in zhao.sees("audit")
    assert pipe in zhao.sees("audit?q=写明日期")


def test_a_matter_of_many_is_linked_from_its_page(office: Bureau, signed_in: SignIn) -> None:
    numbers = [office.a_case(f"投诉幸福小区水管爆裂停水{n}天没人修") for n in range(1, 5)]
    zhang = signed_in("zhang")
    page = zhang.sees("hotspots")
    assert set(re.findall(r'name="no" value="([^"]+)"', page)) == set(numbers)
    assert zhang.sends("hotspots", no=numbers[:1]).status_code == 400
    assert zhang.sends("hotspots", no=numbers[1:]).headers["location"].endswith(numbers[1])
    lead = office.case(numbers[1]).id
    assert [case.no for case in office.rows(Case, parent_id=lead)] == numbers[2:]
    assert "没有多人反映" in signed_in("chen").sees("hotspots")


def test_gaps_and_reviews_of_the_knowledge_base(office: Bureau, signed_in: SignIn) -> None:
    office.a_case("请问集体户口怎么迁出")

    def entries(desk: object) -> None:
        learn.bring_in(desk, Entry("e1", "居住证怎么办", "到三楼办理。", source="公告一号"))  # type: ignore[arg-type]
        learn.bring_in(desk, Entry("e2", "社保卡怎么办", "到二楼办理。"))  # type: ignore[arg-type]

    office.workplace.act(entries)
    li = signed_in("li")
    gap = li.sees("knowledge/gaps")
    link = re.search(r"knowledge/new\?question=[^\"]+", gap)
    assert link is not None and "集体户口" in gap
    assert "集体户口怎么迁出" in li.sees(link[0])
    due = li.sees("knowledge/review")
    assert re.findall(r'data-entry="(\w+)"', due) == ["e2"] and "没有写依据" in due
    asked = li.sees("knowledge?ask=居住证去哪里办")
    assert "条目里有「居住证" in asked and "没有「" in asked


def test_a_template_is_written_used_and_must_be_filled_in(office: Bureau, signed_in: SignIn) -> None:
    zhao, zhang = signed_in("zhao"), signed_in("zhang")
    refused = zhao.sends("templates", name="转办告知", text=" ")
    assert refused.status_code == 400 and 'data-error-for="text"' in refused.text
    assert 'value="转办告知"' in refused.text
    zhao.sends("templates", name="转办告知", text="您反映的事项将于【日期】前办结。")
    assert zhang.sends("templates", name="转办告知", text="改").status_code == 403
    assert "将于【日期】前办结" in zhang.sees("templates") and 'data-act="save-template"' not in zhang.sees(
        "templates"
    )
    no = office.a_case()
    office.claim("张工", no)
    page = zhang.sees(f"cases/{no}?template=1")
    assert "您反映的事项将于【日期】前办结。</textarea>" in page
    assert (
        zhang.sends(f"cases/{no}/draft", text="您反映的事项将于【日期】前办结。", seen=0).status_code == 400
    )
    assert zhao.sends("templates/1/delete").status_code == 303
    assert "还没有模板" in zhao.sees("templates")


def test_models_have_figures_and_the_administrator_goes_back(signed_in: SignIn) -> None:
    admin, wang = signed_in("admin"), signed_in("wang")
    page = admin.sees("models")
    assert "0.93" in page and re.search(r'<tr data-model="v2">.*?在用', page, re.S)
    assert 'data-act="use-model"' not in wang.sees("models")
    assert wang.sends("models", version="built-in").status_code == 403
    assert admin.sends("models", version="v9").status_code == 404
    assert admin.sends("models", version="built-in").status_code == 303
    assert re.search(
        r'<tr data-model="built-in">.*?在用', admin.sees("models").split('data-model="v2"')[0], re.S
    )


NOTICE = """year = 2026
source = "试行通知"
workdays = []
"""


def test_a_notice_is_tried_and_changes_nothing(office: Bureau, signed_in: SignIn) -> None:
    no = office.a_case("表扬水管师傅")  # due on Monday, 9 March
    wang = signed_in("wang")
    shipped = (Path(sla.__file__).parent / "calendars" / "2026.toml").read_text(encoding="utf-8")
    more = shipped + '\n[[holiday]]\nname = "临时放假"\nfrom = 2026-03-05\nto = 2026-03-06\n'
    page = wang.sends("policy", files={"file": ("2026.toml", more.encode())}).text
    assert f'<tr data-no="{no}">' in page and 'data-count="1"' in page and "2026-03-11" in page
    assert str(office.case(no).due_on) == "2026-03-09"
    assert 'data-count="0"' in wang.sends("policy", files={"file": ("2026.toml", shipped.encode())}).text
    for wrong in (b"year = 2026", b"\xff\xfe", NOTICE.encode()):
        refused = wang.sends("policy", files={"file": ("x.toml", wrong)})
        assert refused.status_code == 400 and 'data-error-for="file"' in refused.text
    assert signed_in("zhang").sends("policy", files={"file": ("x.toml", b"")}).status_code == 403


def test_channels_say_how_they_are(office: Bureau, signed_in: SignIn) -> None:
    office.a_case()
    page = signed_in("admin").sees("accounts")
    inlet = re.search(r'data-health="in".*?</section>', page, re.S)
    assert inlet is not None and "公众号消息" in inlet[0] and "还没有来信" in inlet[0]
    assert 'data-health="out"' in page and "办理群" in page


def test_words_are_looked_for_stretch_by_stretch(
    office: Bureau, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = office.a_case("请问水管")
    office.claim("张工", first)
    for _ in range(3):
        office.a_case("请问公交")
    monkeypatch.setattr(browse, "LOOKED_BACK", 3)
    wang = signed_in("wang")
    page = wang.sees("audit?q=认领")
    assert f"cases/{first}" not in page
    while (earlier := re.search(r'href="/console/audit\?([^"]*before=\d+)">再往前查', page)) is not None:
        page = wang.sees(f"audit?{earlier[1].replace('&amp;', '&')}")
        if f"cases/{first}" in page:
            break
    assert f"cases/{first}" in page
    assert f"cases/{first}" in wang.sees(f"audit?q={first}")  # by its number wherever it stands


def test_a_template_that_somebody_changed_meanwhile_is_not_overwritten(
    office: Bureau, signed_in: SignIn
) -> None:
    zhao, wang = signed_in("zhao"), signed_in("wang")
    zhao.sends("templates", name="转办告知", text="您反映的事项已转水务局。")
    found = re.search(r'name="seen" value="([^"]+)"', zhao.sees("templates?id=1"))
    assert found is not None
    office.clock.advance(minutes=5)
    wang.sends("templates", name="转办告知", text="您反映的事项已转住建局。", seen=found[1])
    late = zhao.sends("templates", name="转办告知", text="您反映的事项已转交通局。", seen=found[1])
    assert late.status_code == 409 and "王主任已于" in late.text
    assert "<del>住建局</del>" in late.text and "<ins>交通局</ins>" in late.text
    assert 'data-error-for="text"' in late.text and "已转交通局。</textarea>" in late.text
    assert "已转住建局" in zhao.sees("templates")
    assert (
        zhao.sends("templates", name="转办告知", text="新的").status_code == 409
    )  # written as if it were new
    shown = re.search(r'name="seen" value="([^"]+)"', late.text)
    assert shown is not None and shown[1] != found[1]
    assert zhao.sends("templates", name="转办告知", text="已转交通局。", seen=shown[1]).status_code == 303
