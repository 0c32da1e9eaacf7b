"""The built-in model, trained once where it is absent."""

import pytest

from classifier.triage import Classifier, built_in


@pytest.fixture(scope="session")
def classifier() -> Classifier:
    return built_in()
