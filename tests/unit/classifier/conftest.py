"""The built-in model, trained once where it is absent."""

import pytest

from classifier.fit.fitter import Fitter, everything
from classifier.triage import Classifier, built_in


@pytest.fixture(scope="session")
def classifier() -> Classifier:
    return built_in()


@pytest.fixture(scope="session")
def corpora() -> Fitter:
    """A fitter of all corpora: what takes longest about a fit is done once for all that fit."""
    return Fitter(everything())
