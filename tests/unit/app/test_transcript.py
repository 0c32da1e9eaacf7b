"""`case import` of a whole register: by words alone, as fast as comments; a few letters are judged like any message."""

from pathlib import Path

from app import settings
from app.cli import transcript
from app.wiring import build


def test_a_whole_register_is_judged_by_words_alone(tmp_path: Path) -> None:
    opened = build(
        settings.read({"HUIYIN_DATABASE_URL": f"sqlite:///{tmp_path / 'huiyin.db'}"}, tmp_path / "none"),
        var=tmp_path,
    )
    models = opened.live.models
    assert transcript._judge(opened, transcript.FEW) == models.classifier.triage_many
    assert transcript._judge(opened, transcript.FEW + 1) == models.triage_words
    assert opened.workplace.office.further == models.further
    opened.store.close()
