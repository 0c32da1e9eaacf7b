"""Citizens' files: in a folder, or in the database where several machines serve."""

from pathlib import Path

import pytest

from cases.register.media_store import InDatabase, InFolder, MediaStore
from cases.register.store import Store

A, B = "a" * 64, "b" * 64


@pytest.fixture(params=["folder", "database"])
def kept(request: pytest.FixtureRequest, store: Store, tmp_path: Path) -> MediaStore:
    folder = InFolder(tmp_path / "media")
    return folder if request.param == "folder" else InDatabase(store, folder)


def test_a_file_is_kept_replaced_and_removed(kept: MediaStore) -> None:
    assert not kept.has(A) and list(kept.digests()) == []
    with pytest.raises(FileNotFoundError):
        kept.read(A)
    kept.put(A, b"sealed")
    kept.put(B, b"other")
    kept.put(A, b"sealed anew")
    assert kept.read(A) == b"sealed anew" and list(kept.digests()) == [A, B]
    assert kept.remove(A) and not kept.remove(A)
    assert not kept.has(A) and kept.has(B)


def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    assert not InFolder(tmp_path / "media").has("../secret")


def test_what_one_machine_received_another_serves(store: Store, tmp_path: Path) -> None:
    one, other = (InDatabase(store, InFolder(tmp_path / name)) for name in ("one", "other"))
    one.put(A, b"sealed")
    assert other.read(A) == b"sealed"


def test_what_was_kept_in_the_folder_before_is_still_read(store: Store, tmp_path: Path) -> None:
    folder = InFolder(tmp_path / "media")
    folder.put(A, b"sealed")
    kept = InDatabase(store, folder)
    assert kept.has(A) and kept.read(A) == b"sealed" and list(kept.digests()) == [A]
    assert kept.remove(A) and not folder.has(A)
