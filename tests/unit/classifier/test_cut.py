"""Our one-pass cut is jieba's."""

import jieba

from classifier.fit.corpus import read_corpus
from text.normalise import normalise
from text.words import words

ODD = [
    "",
    "A3区t恤5折，wifi密码123-456",
    "kpi+100%，B超。a.b_c",
    "  空 格\t制表\n换行 ",
    "😀卡拉ok😀",
    "龘靐齉",
    "abc",
]


def test_the_same_words_as_jieba_without_guessing() -> None:
    texts = ODD + [message.text for message in read_corpus()[::10]]
    for text in texts + [normalise(text) for text in texts]:
        assert words(text) == [word for word in jieba.lcut(text, HMM=False) if not word.isspace()]
