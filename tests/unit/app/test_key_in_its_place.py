"""The key: made once, kept whole, never replaced by half of one, and followed while it is changed."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import keyring, secret_key
from app import settings as settings_
from app.settings import BadSetting, Settings
from cases.register import memo
from cases.register.store import Store
from cases.register.vault import Key, Vault
from tests.builders import a_store

OLD, NEW = b"the first key of the office", b"the second key of the office"


def given_(**more: str) -> Settings:
    return settings_.read(
        {f"HUIYIN_{name}": value for name, value in more.items()}, Path("/nonexistent/.env")
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return a_store(tmp_path / "huiyin.db")


@pytest.mark.parametrize(("length", "fits"), [(1, False), (15, False), (16, True), (200, True)])
def test_a_key_that_is_too_short_is_refused_without_being_shown(
    tmp_path: Path, length: int, fits: bool
) -> None:
    key = "k" * length
    if fits:
        assert (
            secret_key.vault(given_(SECRET_KEY=key), tmp_path).fingerprint == Vault(key.encode()).fingerprint
        )
        return
    with pytest.raises(BadSetting) as refused:
        secret_key.vault(given_(SECRET_KEY=key), tmp_path)
    assert "至少 16 个字符" in str(refused.value) and f"：{key}" not in str(refused.value)
    assert not (tmp_path / "secret.key").exists()


def test_the_first_start_makes_a_key_for_its_owner_alone_and_the_next_reads_it(tmp_path: Path) -> None:
    first = secret_key.vault(given_(), tmp_path / "var")
    file = tmp_path / "var" / "secret.key"
    assert file.stat().st_mode & 0o777 == 0o600 and len(file.read_text().strip()) >= 48
    assert secret_key.vault(given_(), tmp_path / "var").fingerprint == first.fingerprint
    assert [path.name for path in file.parent.iterdir()] == ["secret.key"]


@pytest.mark.parametrize("content", [b"", b"\n", b"short", b" " * 40])
def test_half_a_key_is_named_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "secret.key"
    file.write_bytes(content)
    with pytest.raises(BadSetting, match="内容不完整"):
        secret_key.vault(given_(), tmp_path)
    assert file.read_bytes() == content


def test_a_key_that_cannot_be_read_or_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "secret.key").mkdir()
    with pytest.raises(BadSetting, match="读不出来") as unread:
        secret_key.vault(given_(), tmp_path)
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(BadSetting, match=r"读不出来|无法在") as unwritten:
        secret_key.vault(given_(), tmp_path / "file")
    assert "\n" not in str(unread.value) + str(unwritten.value)


def test_a_full_disk_leaves_the_key_that_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret_key.vault(given_(), tmp_path)
    before = (tmp_path / "secret.key").read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        secret_key.replace(tmp_path, NEW)
    assert (tmp_path / "secret.key").read_bytes() == before


def test_another_key_takes_its_place_whole_and_for_its_owner_alone(tmp_path: Path) -> None:
    secret_key.vault(given_(), tmp_path)
    secret_key.replace(tmp_path, NEW)
    file = tmp_path / "secret.key"
    assert file.read_bytes() == NEW + b"\n" and file.stat().st_mode & 0o777 == 0o600
    assert secret_key.vault(given_(), tmp_path).fingerprint == Vault(NEW).fingerprint


def test_an_earlier_key_is_read_beside_the_present_one(tmp_path: Path) -> None:
    sealed = Vault(OLD).seal("水管")
    both = secret_key.vault(given_(SECRET_KEY=NEW.decode(), SECRET_KEY_PREVIOUS=OLD.decode()), tmp_path)
    assert both.open(sealed) == "水管" and both.fingerprint == Vault(NEW).fingerprint


def begun(store: Store, phase: str) -> keyring.KeyHandover:
    """Begin a change from the old to the new key and bring it to a phase."""
    with store.write() as session:
        memo.KEY_FINGERPRINT.put(
            session, Vault(OLD).fingerprint if phase != "done" else Vault(NEW).fingerprint
        )
        return keyring.step(session, keyring.begin(session, Vault(OLD), NEW), phase)


# a process's key, the phase, whether it may go on, and under which key it seals then
PHASES: list[tuple[bytes, str, bool, bytes]] = [
    (OLD, "read", True, OLD),
    (OLD, "write", True, NEW),
    (OLD, "done", True, NEW),
    (NEW, "read", False, NEW),
    (NEW, "write", False, NEW),
    (NEW, "done", True, NEW),
    (b"a third key of somebody else", "read", False, b"a third key of somebody else"),
    (b"a third key of somebody else", "done", False, b"a third key of somebody else"),
]


@pytest.mark.parametrize(("own", "phase", "fits", "seals"), PHASES)
def test_every_process_follows_the_phase(
    store: Store, own: bytes, phase: str, fits: bool, seals: bytes
) -> None:
    begun(store, phase)
    vault = Vault(own)
    with store.read() as session:
        assert keyring.fits(session, vault) is fits
        assert keyring.fits(session, vault) is fits  # asked again each second
    assert vault.fingerprint == Vault(seals).fingerprint
    if fits and own == OLD:
        assert vault.open(Vault(NEW).seal("水管")) == "水管" and vault.open(Vault(OLD).seal("水管")) == "水管"


def test_the_new_secret_stands_in_the_register_sealed(store: Store) -> None:
    change = begun(store, "read")
    assert change.opened(Vault(OLD)) == NEW and change.fingerprint == Key(NEW).fingerprint
    with store.read() as session:
        kept = repr(memo.KEY_HANDOVER.of(session))
        assert keyring.handover(session) == change
    assert NEW.decode() not in kept


@pytest.mark.parametrize(
    ("phase", "own", "ended"),
    [("done", NEW, True), ("done", OLD, False), ("write", NEW, False), ("read", OLD, False)],
)
def test_what_the_earlier_key_opened_is_taken_away_once_the_new_one_is_a_process_s_own(
    store: Store, phase: str, own: bytes, ended: bool
) -> None:
    begun(store, phase)
    with store.write() as session:
        keyring.settled(session, Vault(own))
    with store.read() as session:
        assert (keyring.handover(session) is None) is ended


def test_without_a_change_the_register_s_own_key_fits_and_no_other(store: Store) -> None:
    with store.write() as session:
        memo.KEY_FINGERPRINT.put(session, Vault(OLD).fingerprint)
    with store.read() as session:
        assert keyring.fits(session, Vault(OLD)) and keyring.fits(session, Vault(NEW, OLD))
        assert not keyring.fits(session, Vault(NEW))
        assert keyring.standing(session, Vault(NEW, OLD)).fingerprint == Vault(OLD).fingerprint


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(secret=st.binary(min_size=16, max_size=64), text=st.text())
def test_whatever_was_sealed_before_the_change_opens_during_it(secret: bytes, text: str) -> None:
    vault = Vault(OLD)
    sealed, bound = vault.seal(text), vault.seal(text, "message.sealed:1")
    vault.also(secret)
    vault.turn_to(secret)
    assert vault.open(sealed) == text == vault.open(bound, "message.sealed:1")
    assert Vault(secret).open(vault.seal(text)) == text
