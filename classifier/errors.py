"""What can go wrong in this package, each with a sentence for the person in front of it.

ClassifierError
├── CorpusError   a line of the training text breaks the format
└── ModelError    a model folder is missing, incomplete or altered
"""


class ClassifierError(Exception):
    """The message is Chinese and says what is wrong and what to do."""

    code = "classifier"


class CorpusError(ClassifierError):
    """A file of training text cannot be read as such."""

    code = "corpus"


class ModelError(ClassifierError):
    """A model is missing, altered or from an incompatible version."""

    code = "model"
