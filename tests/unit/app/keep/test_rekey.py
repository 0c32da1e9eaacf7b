"""The key is changed while letters come in; cut off, it goes on; afterwards the earlier key opens nothing."""

from pathlib import Path

import pytest
from sqlmodel import select

from app import keyring
from app import settings as settings_
from app.keep import rekey
from app.settings import BadSetting, Settings
from app.wiring import Services, build
from bot.wechat import media
from cases.register import audit
from cases.register.errors import Invalid
from cases.register.tables import Citizen, Draft, Message
from cases.register.vault import Vault, WrongKey
from cases.steps import forget, receive
from tests.builders import by_words

OLD, NEW = "the first key, long enough", "the second key, long enough"


def office(folder: Path, url: str, key: str = "", previous: str = "") -> Services:
    given = {"DATABASE_URL": url, "SECRET_KEY": key, "SECRET_KEY_PREVIOUS": previous, "SEMANTIC": "off"}
    settings: Settings = settings_.read({f"HUIYIN_{k}": v for k, v in given.items()}, folder / "none")
    return build(settings, var=folder)


def writes(opened: Services, text: str, openid: str) -> receive.Outcome:
    incoming = receive.Incoming("gh", openid, text, opened.workplace.clock())
    return opened.workplace.act(lambda desk: receive.receive(desk, incoming, by_words(text)))


def words(opened: Services) -> list[str]:
    with opened.store.read() as session:
        return [
            opened.vault.open(row.sealed) for row in session.exec(select(Message).order_by(Message.id)).all()
        ]  # type: ignore[arg-type]


def sound(opened: Services) -> bool:
    return opened.workplace.look(lambda desk: audit.verify(desk.session, opened.vault)).ok


def test_everything_stands_under_the_new_key_and_the_old_is_useless(
    database_url: str, tmp_path: Path
) -> None:
    opened = office(tmp_path, database_url, OLD)
    writes(opened, "请问水管多久修好", "amy")
    digest = media.keep(opened.media, opened.vault, b"a picture")
    server = office(tmp_path, database_url, OLD)  # another process, at work meanwhile
    done = rekey.rotate(opened, NEW.encode(), wait=False)
    assert done["setting_to_change"] and done["fingerprint"] == Vault(NEW.encode()).fingerprint
    server.live.keys.follow()
    writes(server, "请问公交几点", "amy")

    restarted = office(tmp_path, database_url, OLD)  # the setting is not changed yet: both work
    assert words(restarted) == ["请问水管多久修好", "请问公交几点"]
    after = office(tmp_path, database_url, NEW)
    assert words(after) == ["请问水管多久修好", "请问公交几点"]
    assert media.read(opened.media, after.vault, digest) == b"a picture"
    writes(after, "请问路灯", "amy")
    with after.store.read() as session:
        (citizen,) = session.exec(select(Citizen)).all()  # found by its address under either key
        old = Vault(OLD.encode())
        with pytest.raises(WrongKey):
            old.open(citizen.openid_sealed)
        assert keyring.handover(session) is None
    assert sound(after)
    with pytest.raises(BadSetting, match="与数据库不符"):
        office(tmp_path, database_url, OLD)


def test_cut_off_in_the_middle_it_goes_on(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = office(tmp_path, database_url)
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    before = (tmp_path / "secret.key").read_bytes()
    for number in range(5):
        writes(opened, f"请问第 {number} 路公交", f"citizen-{number}")
    real, calls = rekey._reseal, []

    def dies(one: Services, model: type) -> object:
        calls.append(model)
        if model is Draft:
            raise KeyboardInterrupt
        return real(one, model)

    monkeypatch.setattr(rekey, "_reseal", dies)
    with pytest.raises(KeyboardInterrupt):
        rekey.rotate(opened, wait=False)
    monkeypatch.undo()
    assert (tmp_path / "secret.key").read_bytes() == before
    again = office(tmp_path, database_url)
    writes(again, "请问水管", "citizen-1")
    rekey.rotate(again, wait=False)
    assert (tmp_path / "secret.key").read_bytes() != before
    after = office(tmp_path, database_url)
    assert len(words(after)) == 6 and sound(after)
    with after.store.read() as session:
        assert len(session.exec(select(Citizen)).all()) == 5


def test_whoever_was_forgotten_stays_so_and_is_nobody_else(database_url: str, tmp_path: Path) -> None:
    """An erased address is empty: hashed anew, two of them were one, and the change of the key stopped for good."""
    opened = office(tmp_path, database_url)
    for openid in ("amy", "bob", "cat"):
        writes(opened, "请问水管多久修好", openid)
    writes(opened, "一条没有地址的留言", "")
    for openid in ("amy", "bob"):
        opened.workplace.act(lambda desk, one=openid: forget.person(desk, "gh", one))
    rekey.rotate(opened, wait=False)
    after = office(tmp_path, database_url)
    writes(after, "请问路灯", "")
    with after.store.read() as session:
        people = session.exec(select(Citizen)).all()
    assert sorted(one.openid_hash.startswith("gone:") for one in people) == [False, False, True, True]
    assert sound(after)


def test_cut_off_at_the_very_end_the_new_key_is_put_in_place_before_another_is_made(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All stands under the new key, which only the register has: another change begun and cut off would lose both."""
    writes(office(tmp_path, database_url), "请问水管多久修好", "amy")

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(rekey.secret_key, "replace", dies)
    with pytest.raises(KeyboardInterrupt):
        rekey.rotate(office(tmp_path, database_url), wait=False)
    monkeypatch.undo()
    monkeypatch.setattr(rekey.keyring, "step", dies)  # the next one would be cut off when it has begun
    done = rekey.rotate(office(tmp_path, database_url), wait=False)
    monkeypatch.undo()
    assert done["resealed"] == 0
    assert Vault((tmp_path / "secret.key").read_bytes().strip()).fingerprint == done["fingerprint"]
    after = office(tmp_path, database_url)
    assert words(after) == ["请问水管多久修好"] and sound(after)


def test_run_again_with_the_key_that_is_in_place_already_it_says_so(
    database_url: str, tmp_path: Path
) -> None:
    """It may have been cut off when it was done and had not said so; the setting is changed only afterwards."""
    first = rekey.rotate(office(tmp_path, database_url, OLD), NEW.encode(), wait=False)
    again = rekey.rotate(office(tmp_path, database_url, OLD), NEW.encode(), wait=False)
    assert again == {**first, "resealed": 0}
    with pytest.raises(Invalid, match="请先改好设置"):
        rekey.rotate(office(tmp_path, database_url, OLD), b"a third key, long enough", wait=False)
    rekey.rotate(office(tmp_path, database_url, NEW), b"a third key, long enough", wait=False)


def test_both_keys_set_by_hand_are_read_and_the_change_is_finished_by_the_command(
    database_url: str, tmp_path: Path
) -> None:
    writes(office(tmp_path, database_url, OLD), "请问水管多久修好", "amy")
    both = office(tmp_path, database_url, NEW, OLD)
    assert words(both) == ["请问水管多久修好"]
    writes(both, "请问公交几点", "amy")
    rekey.rotate(both, wait=False)
    alone = office(tmp_path, database_url, NEW)
    assert words(alone) == ["请问水管多久修好", "请问公交几点"] and sound(alone)


def test_a_key_that_cannot_be_used_is_refused(database_url: str, tmp_path: Path) -> None:
    opened = office(tmp_path, database_url, OLD)
    for new, why in ((b"", "--new-key-stdin"), (b"short", "太短"), (OLD.encode(), "相同")):
        with pytest.raises(Invalid, match=why):
            rekey.rotate(opened, new, wait=False)
