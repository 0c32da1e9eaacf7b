"""The classifier that the server of this working directory uses: the built-in one unless another was adopted."""

from app.cli.frame import read_settings
from classifier.triage import Classifier, built_in


def classifier() -> Classifier:
    """Return it without making a database where there is none."""
    from pathlib import Path

    settings = read_settings()
    url = settings.database_url
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///").partition("?")[0]).is_file():
        return built_in(settings.semantic != "off")
    from app.models_in_use import Models
    from app.wiring import VAR, open_store

    return Models(open_store(settings), VAR / "models", settings.semantic).classifier
