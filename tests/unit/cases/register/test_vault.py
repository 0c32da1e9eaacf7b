"""Sealed values: opened by their key at their place and nowhere else, while a key is changed by both."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.register.vault import Key, Sealed, Vault, WrongKey

ONE, TWO, THREE = (f"key {n} of thirty-two bytes for tests".encode() for n in (1, 2, 3))
TEXTS = st.text(st.characters(exclude_categories=()), max_size=200)
PLACES = st.sampled_from(["", "message/1/sealed", "message/2/sealed", "draft/1/text_sealed"])


@given(TEXTS, PLACES)
def test_what_is_sealed_opens_at_its_place(text: str, at: str) -> None:
    vault = Vault(ONE)
    assert vault.open(vault.seal(text, at), at) == text
    assert vault.seal(text, at) != vault.seal(text, at)  # the same text twice looks like two


@given(TEXTS, PLACES, PLACES)
def test_a_bound_value_opens_at_no_other_place(text: str, at: str, other: str) -> None:
    vault = Vault(ONE)
    if at and at != other:
        with pytest.raises(WrongKey):
            vault.open(vault.seal(text, at), other)


@given(st.binary(max_size=80), PLACES)
def test_what_was_never_sealed_is_refused_and_nothing_else_is_raised(data: bytes, at: str) -> None:
    for value in (data, b"hb1\x00" + data):
        with pytest.raises(WrongKey):
            Vault(ONE).open_bytes(value, at)
        assert not Vault(ONE).is_present(value, at)


@given(TEXTS, st.integers(0, 400), st.integers(1, 255))
def test_one_altered_byte_is_noticed(text: str, place: int, by: int) -> None:
    sealed = bytearray(Vault(ONE).seal(text, "a"))
    place %= len(sealed)
    sealed[place] ^= by
    with pytest.raises(WrongKey):
        Vault(ONE).open(bytes(sealed), "a")


@given(TEXTS)
def test_another_key_opens_nothing(text: str) -> None:
    with pytest.raises(WrongKey):
        Vault(TWO).open(Vault(ONE).seal(text))
    assert Vault(TWO, THREE, ONE).open(Vault(ONE).seal(text)) == text


def test_while_a_key_is_changed_both_are_read_and_the_new_one_seals() -> None:
    vault = Vault(ONE)
    old = vault.seal("甲", "a")
    vault.turn_to(TWO)
    assert vault.open(old, "a") == "甲" and vault.fingerprint == Vault(TWO).fingerprint
    assert Vault(TWO).open(vault.seal("乙")) == "乙"
    assert not vault.is_present(old, "a")
    bound = vault.bind(Sealed.read(old, "a"), "b")
    assert vault.is_present(bound, "b") and not vault.is_present(bound, "a") and bound.at == "b"
    vault.forget_others()
    assert vault.open(bound) == "甲"
    with pytest.raises(WrongKey):
        vault.open(old, "a")


def test_turning_to_a_known_key_and_adding_one_twice_keep_each_once() -> None:
    vault = Vault(ONE, TWO)
    vault.turn_to(TWO)
    assert [key.fingerprint for key in vault.keys] == [Vault(TWO).fingerprint, Vault(ONE).fingerprint]
    vault.also(ONE)
    vault.also(THREE)
    vault.also(THREE)
    assert len(vault.keys) == 3 and vault.key.fingerprint == Vault(TWO).fingerprint
    assert Vault.of(Key(ONE)).fingerprint == Vault(ONE).fingerprint


@given(TEXTS, TEXTS)
def test_a_value_is_found_again_by_its_hash_and_by_no_other_value(one: str, other: str) -> None:
    vault = Vault(ONE)
    assert vault.lookup(one) == vault.lookup(one)
    assert (vault.lookup(one) == vault.lookup(other)) is (one == other)
    assert vault.lookup(one) != Vault(TWO).lookup(one)


def test_hashes_of_every_key_are_looked_for_the_present_first_each_once() -> None:
    vault = Vault(ONE, TWO)
    assert vault.lookups("甲") == (Vault(ONE).lookup("甲"), Vault(TWO).lookup("甲"))
    vault.hashed_before = (Key(THREE).hashing, Key(ONE).hashing)
    assert vault.lookups("甲") == tuple(Vault(key).lookup("甲") for key in (ONE, TWO, THREE))


def test_each_purpose_has_a_key_of_its_own() -> None:
    vault = Vault(ONE)
    keys = [
        vault.derived(purpose) for purpose in ("sealing", "lookup", "audit", "fingerprint", "session", "")
    ]
    assert len(set(keys)) == len(keys) and all(len(key) == 32 for key in keys)
    assert ONE not in keys and vault.key.audit == vault.derived("audit")


@given(st.binary(max_size=100))
def test_a_value_that_was_read_knows_its_place(data: bytes) -> None:
    vault = Vault(ONE)
    sealed = Sealed.read(vault.seal_bytes(data, "a/1/b"), "a/1/b")
    assert vault.open_bytes(sealed) == data
    with pytest.raises(WrongKey):
        vault.open_bytes(Sealed.read(bytes(sealed), "a/2/b"))
