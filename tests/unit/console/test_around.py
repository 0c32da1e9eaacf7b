"""Around a case: neighbours that are answered together, earlier letters of its citizen, what reviewers see, pictures."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from cases.register.tables import Audit, Media, Message
from tests.builders import Bureau
from tests.unit.console.conftest import Colleague

SignIn = Callable[[str], Colleague]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def section(page: str, mark: str) -> str:
    found = re.search(rf"<(section|details) class=\"card\" {mark}.*?</\1>", page, re.S)
    return found[0] if found else ""


def test_neighbours_are_offered_and_answered_together(office: Bureau, signed_in: SignIn) -> None:
    one = office.a_case("锦绣花园小区的水管爆裂，一周没有修好")
    two = office.a_case("投诉锦绣花园小区水管爆裂，没有人修")
    office.a_case("阳光家园小区的水管爆裂，一周没有修好")
    office.a_case("举报局长，锦绣花园小区水管爆裂一周没有修好")
    zhang = signed_in("zhang")
    around = section(zhang.sees(f"cases/{one}"), "data-neighbours")
    assert re.findall(r'<li data-no="([^"]+)"', around) == [two]
    refused = zhang.sends(f"cases/{one}/together")
    assert refused.status_code == 400 and 'data-error-for="no"' in refused.text
    assert zhang.sends(f"cases/{one}/together", no=[two]).status_code == 303
    assert office.case(two).parent_id == office.case(one).id
    assert section(zhang.sees(f"cases/{one}"), "data-neighbours") == ""
    assert signed_in("chen").sends(f"cases/{one}/together", no=[two]).status_code == 404


def test_earlier_letters_of_the_same_person_stand_beside(office: Bureau, signed_in: SignIn) -> None:
    before = office.answered("请问水管在哪里报修", openid="one-person")
    office.a_case("举报局长", openid="one-person")
    office.clock.advance(days=1)
    now, other = office.a_case("水管又坏了", openid="one-person"), office.a_case("请问水管")
    page = signed_in("zhang").sees(f"cases/{now}")
    assert re.findall(r'<li data-no="([^"]+)"', section(page, "data-earlier")) == [before]
    assert section(signed_in("zhang").sees(f"cases/{other}"), "data-earlier") == ""


def test_a_reviewer_sees_what_changed_and_why_beside_the_buttons(office: Bureau, signed_in: SignIn) -> None:
    no = office.a_case()
    office.claim("张工", no)
    office.send_back("李科长", office.draft("张工", no, "水管近日修好。"), "写明日期")
    office.draft("张工", no, "水管周五修好。")
    page = signed_in("li").sees(f"cases/{no}")
    card = re.search(r'<section class="card review">.*?</section>', page, re.S)
    assert card is not None
    for words in ("请问水管多久修好", "写明日期", "<del>近日</del>", "<ins>周五</ins>", 'data-act="approve"'):
        assert words in card[0], words


@pytest.mark.parametrize(
    ("content", "declared", "shown"), [(PNG, "image/png", True), (b"<script>1</script>", "image/png", False)]
)
def test_a_preview_is_a_picture_and_on_record(
    office: Bureau, signed_in: SignIn, tmp_path: Path, content: bytes, declared: str, shown: bool
) -> None:
    no = office.a_case()
    keep(office, no, tmp_path / "media", content, declared)
    zhang = signed_in("zhang")
    assert "preview" not in zhang.sees(f"cases/{no}")
    revealed = zhang.sends(f"cases/{no}/reveal").text
    assert f'src="/console/cases/{no}/files/1/preview"' in revealed
    answer = zhang.client.get(f"/console/cases/{no}/files/1/preview")
    assert answer.status_code == (200 if shown else 404)
    if shown:
        assert answer.content == content and answer.headers["content-type"] == "image/png"
        assert answer.headers["content-disposition"].startswith(
            "attachment"
        )  # a picture on a page, never a page
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    looks = [row for row in office.rows(Audit, action="case.reveal") if '"file"' in row.detail]
    assert len(looks) == 1
    assert zhang.sends(f"cases/{no}/files/1").headers["content-disposition"].startswith("attachment")
    assert signed_in("chen").client.get(f"/console/cases/{no}/files/1/preview").status_code == 404
    assert signed_in("admin").client.get(f"/console/cases/{no}/files/1/preview").status_code == 403


def keep(office: Bureau, no: str, folder: Path, content: bytes, declared: str) -> None:
    folder.mkdir()
    (folder / ("a" * 64)).write_bytes(office.workplace.office.vault.seal_bytes(content))
    message = office.rows(Message, case_id=office.case(no).id)[0]
    row = Media(
        message_id=message.id or 0, media_id="m", kind="image", state="kept", content_type=declared,
        size=len(content), sha256="a" * 64,
    )  # fmt: skip
    office.workplace.act(lambda desk: desk.session.add(row))
