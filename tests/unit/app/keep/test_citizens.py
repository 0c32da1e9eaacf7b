"""What is kept of one citizen is given out, erased on request, and forgotten after the office's years."""

import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from app import clock
from app import settings as settings_
from app.keep import anchors, citizens
from app.wiring import Services, build
from bot.wechat import media
from cases.register import audit
from cases.register import citizens as citizens_of
from cases.register.errors import Invalid, NotFound
from cases.register.tables import Case, Citizen, KnowledgeEntry, Media, Message
from cases.register.tables.duties import Incident
from cases.steps import receive
from duties.matters import incidents
from tests.builders import by_words

KEY = "a key for tests only, long enough"


@pytest.fixture
def opened(database_url: str, tmp_path: Path) -> Services:
    given = {"HUIYIN_DATABASE_URL": database_url, "HUIYIN_SECRET_KEY": KEY, "HUIYIN_SEMANTIC": "off"}
    return build(settings_.read(given, tmp_path / "none"), var=tmp_path)


def writes(opened: Services, text: str, openid: str) -> str:
    incoming = receive.Incoming("gh", openid, text, opened.workplace.clock())
    outcome = opened.workplace.act(lambda desk: receive.receive(desk, incoming, by_words(text)))
    assert isinstance(outcome, receive.Registered)
    digest = media.keep(opened.media, opened.vault, f"picture of {openid}".encode())

    def attach(desk: receive.Desk) -> None:
        message = desk.session.exec(select(Message).where(Message.case_id == outcome.case.id)).one()
        desk.session.add(
            Media(message_id=message.id or 0, media_id="m", kind="image", state="kept", sha256=digest)
        )

    opened.workplace.act(attach)
    return outcome.case.no


def rows(opened: Services, model: type) -> list[object]:
    with opened.store.read() as session:
        return list(session.exec(select(model).order_by(model.id)).all())  # type: ignore[attr-defined]


def test_all_that_is_kept_of_one_citizen_is_given_out(opened: Services, tmp_path: Path) -> None:
    no = writes(opened, "我电话13800138000，请问水管", "amy")
    writes(opened, "请问别的", "bob")
    made = citizens.export(opened, "gh", "amy", tmp_path / "amy.zip")
    assert (made["cases"], made["messages"], made["files"]) == (1, 1, 1)
    with zipfile.ZipFile(tmp_path / "amy.zip") as archive:
        content = archive.read("资料.json").decode()
        (name,) = [each for each in archive.namelist() if each.startswith("附件/")]
        assert archive.read(name) == b"picture of amy"
    record = json.loads(content)["records"][0]
    assert record["messages"][0]["text"] == "我电话13800138000，请问水管"
    assert record["cases"][0]["no"] == no and "请问别的" not in content
    assert (tmp_path / "amy.zip").stat().st_mode & 0o777 == 0o600


def test_erased_means_words_address_and_files_and_not_numbers_or_the_trail(opened: Services) -> None:
    no = writes(opened, "我电话13800138000，请问水管", "amy")
    writes(opened, "请问别的", "bob")

    def candidate(desk: receive.Desk) -> None:
        for status in ("candidate", "published"):
            entry = KnowledgeEntry(
                id=status, question="水管", answer="报修", status=status, case_id=1, changed_at=desk.now
            )
            desk.session.add(entry)

    opened.workplace.act(candidate)
    gone = citizens.erase(opened, "gh", "amy")
    assert (gone["cases"], gone["messages"], gone["candidates"], gone["files_removed"]) == (1, 1, 1, 1)
    assert [row.id for row in rows(opened, KnowledgeEntry)] == ["published"]  # type: ignore[attr-defined]
    first, second = rows(opened, Message)
    assert opened.vault.open(first.sealed) == "" and "水管" not in first.masked  # type: ignore[attr-defined]
    assert opened.vault.open(second.sealed) == "请问别的"  # type: ignore[attr-defined]
    assert rows(opened, Case)[0].no == no  # type: ignore[attr-defined]
    assert len(list((opened.var / "media").iterdir())) == 1
    with pytest.raises(NotFound):
        citizens.erase(opened, "gh", "amy")
    assert opened.workplace.look(lambda desk: audit.verify(desk.session, opened.vault)).ok
    writes(opened, "请问又来了", "amy")  # whoever writes again is somebody new
    assert len(rows(opened, Citizen)) == 3


def test_what_was_closed_long_ago_is_forgotten_and_the_rest_kept(opened: Services) -> None:
    old, young, still_open = (writes(opened, f"请问{who}", who) for who in ("amy", "bob", "eve"))

    def age(desk: receive.Desk) -> None:
        for case in desk.session.exec(select(Case)).all():
            case.received_at = clock.now() - timedelta(days=1200)
            if case.no != still_open:
                case.status = "closed" if case.status == "closed" else "refused"
                case.closed_at = clock.now() - timedelta(days=1200 if case.no == old else 100)
            desk.session.add(case)

    opened.workplace.act(age)
    assert citizens.retain(opened, 3, dry=True)["anonymised"] == 1
    done = citizens.retain(opened, 3)
    assert (done["anonymised"], done["files_removed"], done["kept_open"]) == (1, 1, 1)
    assert citizens.retain(opened, 3)["anonymised"] == 0
    texts = [opened.vault.open(row.sealed) for row in rows(opened, Message)]  # type: ignore[attr-defined]
    assert texts == ["", "请问bob", "请问eve"] and young
    with pytest.raises(Invalid):
        citizens.retain(opened, 0)


def test_a_letter_without_a_case_leaves_no_pair_of_letters_either(tmp_path: Path) -> None:
    file = tmp_path / "own.db"
    given = {"HUIYIN_DATABASE_URL": f"sqlite:///{file}", "HUIYIN_SECRET_KEY": KEY, "HUIYIN_SEMANTIC": "off"}
    opened = build(settings_.read(given, tmp_path / "none"), var=tmp_path)
    opened.store.migrate()
    incoming = receive.Incoming("gh", "amy", "蓝尾喜鹊", clock.now())

    def written(desk: receive.Desk) -> None:
        message = receive.set_aside(desk, citizens_of.at(desk, "gh", "amy"), incoming)
        message.received_at = clock.now() - timedelta(days=1200)

    opened.workplace.act(written)
    assert citizens.retain(opened, 3)["anonymised"] == 0
    kept = b"".join(each.read_bytes() for each in tmp_path.glob("own.db*"))
    assert not [pair for pair in ("蓝尾", "尾喜", "喜鹊") if pair.encode() in kept]
    opened.store.close()


def test_the_heads_are_noted_outside_the_last_of_each_day(opened: Services) -> None:
    writes(opened, "请问水管", "amy")
    anchors.note(opened)
    writes(opened, "请问公交", "bob")
    anchors.note(opened)
    (noted,) = anchors.read(opened.var / anchors.FILE)
    head = opened.workplace.look(lambda desk: audit.head(desk.session))
    assert noted.seq <= head.seq
    told = anchors.written(f"{noted.seq}:{noted.hash[:16]}")
    verdict = opened.workplace.look(lambda desk: audit.verify(desk.session, opened.vault, [noted, told]))
    assert verdict.ok
    assert (opened.var / anchors.FILE).stat().st_mode & 0o777 == 0o600
    for wrong in ("nonsense", "12:short"):
        with pytest.raises(Invalid):
            anchors.written(wrong)


def test_the_heads_are_noted_where_nothing_was_kept_before(database_url: str, tmp_path: Path) -> None:
    """With the key in the settings and a database elsewhere, nothing else makes the folder."""
    given = {"HUIYIN_DATABASE_URL": database_url, "HUIYIN_SECRET_KEY": KEY, "HUIYIN_SEMANTIC": "off"}
    opened = build(settings_.read(given, tmp_path / "none"), var=tmp_path / "var")
    opened.workplace.act(lambda desk: desk.audit("a.step", "register"))
    anchors.note(opened)
    assert len(anchors.read(opened.var / anchors.FILE)) == 1


def test_erasing_says_which_evidence_the_law_keeps_and_a_retaining_takes_it_at_the_end(
    opened: Services,
) -> None:
    no = writes(opened, "代开发票，蓝尾喜鹊", "amy")

    def incident(desk: receive.Desk) -> None:
        case = desk.session.exec(select(Case).where(Case.no == no)).one()
        row = incidents.add(desk, None, "unlawful", case=case)
        incidents.close(desk, None, row, "已处理")
        row.closed_at = clock.now() - timedelta(days=700)
        desk.session.add(row)

    opened.workplace.act(incident)
    gone = citizens.erase(opened, "gh", "amy")
    (kept,) = gone["evidence_kept"]
    assert kept["incident"] == 1 and f"依法保留至 {kept['until']}" in kept["why"]
    assert citizens.end_of_term(opened) == 0

    def age(desk: receive.Desk) -> None:
        row = desk.session.exec(select(Incident)).one()
        row.closed_at = clock.now() - timedelta(days=740)
        desk.session.add(row)

    opened.workplace.act(age)
    assert citizens.retain(opened, 3)["evidence_removed"] == 1
    (row,) = rows(opened, Incident)
    assert opened.vault.open(row.evidence_sealed) == ""  # type: ignore[attr-defined]
