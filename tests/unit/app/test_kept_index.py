"""A large base is there at once after a restart, as it is now and not as it was."""

from datetime import date
from pathlib import Path

from app.live import Knowledge
from cases.knowledge import learn
from knowledge_base.base.entries import Entry
from tests.builders import Bureau

MANY = 1_050


def opened(bureau: Bureau, kept: Path) -> Knowledge:
    return Knowledge(bureau.store, "off", lambda: date(2026, 3, 2), kept=kept)


def test_a_large_index_outlives_the_process_and_takes_over_what_changed(
    bureau: Bureau, tmp_path: Path
) -> None:
    kept = tmp_path / "knowledge.index"
    rows = [Entry(f"e{n}", f"第{n}号窗口几点开门？", f"{n}号窗口九点开门。") for n in range(MANY)]
    bureau.workplace.act(lambda desk: [learn.bring_in(desk, row) for row in rows])
    first = opened(bureau, kept)
    first.take_up()
    assert not kept.exists() and first.follow() == MANY
    before = [match.entry.id for match in first.search("第77号窗口几点开门")]
    assert before[0] == "e77" and kept.is_file()

    changed = Entry("e78", "不动产登记证丢了怎么补办？", "请到登记中心补办。")
    bureau.workplace.act(lambda desk: (learn.bring_in(desk, changed), learn.retire(desk, "e79")))
    again = opened(bureau, kept)
    again.take_up()
    assert again.follow() == 0
    assert again.search("第77号窗口几点开门")[0].entry.id == "e77"
    assert again.search("不动产登记证补办")[0].entry.id == "e78"
    assert "e79" not in [match.entry.id for match in again.search("第79号窗口几点开门", 50)]


def test_a_damaged_file_is_made_anew(bureau: Bureau, tmp_path: Path) -> None:
    kept = tmp_path / "knowledge.index"
    kept.write_bytes(b"PK\x03\x04 not an index")
    bureau.workplace.act(
        lambda desk: learn.bring_in(desk, Entry("e1", "医保卡丢了怎么办？", "请挂失后补办。"))
    )
    knowledge = opened(bureau, kept)
    knowledge.take_up()
    assert knowledge.search("医保卡丢了")[0].entry.id == "e1"
