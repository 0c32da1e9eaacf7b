"""Words of a Chinese text, by jieba."""

import logging
import warnings
from functools import lru_cache
from pathlib import Path

with warnings.catch_warnings():  # jieba 0.42.1 holds three invalid escapes
    warnings.simplefilter("ignore")
    import jieba

_CACHE = Path(__file__).parent / "built"  # jieba loads its cache by marshal: never from a folder others can write


@lru_cache(maxsize=1)
def _tokenizer() -> "jieba.Tokenizer":
    jieba.setLogLevel(logging.CRITICAL)
    _CACHE.mkdir(exist_ok=True)
    tokenizer = jieba.Tokenizer()
    tokenizer.tmp_dir = str(_CACHE)
    tokenizer.initialize()
    return tokenizer


def words(text: str) -> list[str]:
    """Return the words of `text` in order, white space left out. Normalise first."""
    return [word for word in _tokenizer().lcut(text, HMM=False) if not word.isspace()]


def warm_up() -> None:
    """Load the dictionary now (about half a second) rather than at the first message."""
    _tokenizer()
