"""How text is cut for the search: normalised, then jieba words with character bigrams and pinyin."""

import itertools
import re
import unicodedata
import warnings
from functools import lru_cache

from opencc import OpenCC
from pypinyin import lazy_pinyin

with warnings.catch_warnings():
    # jieba 0.42.1 was written before Python warned of its escapes; the warning comes once, when it is compiled.
    warnings.simplefilter("ignore", SyntaxWarning)
    import jieba

_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_LATIN = re.compile(r"[a-z0-9][a-z0-9+]*")


@lru_cache(maxsize=1)
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=1)
def _segmenter() -> jieba.Tokenizer:
    return jieba.Tokenizer()


def normalise(text: str) -> str:
    """Half-width, simplified, lower case, white space squeezed: the form in which texts are compared."""
    folded = unicodedata.normalize("NFKC", text)
    return re.sub(r"\s+", " ", _simplifier().convert(folded)).strip().lower()


def terms(text: str) -> list[str]:
    """The search terms of a text: words, Chinese character bigrams, and pinyin bigrams against homophone slips."""
    text = normalise(text)
    found = [word for word in _segmenter().cut(text) if len(word) > 1 and not word.isspace()]
    for run in _CHINESE.findall(text):
        found += [run[i : i + 2] for i in range(len(run) - 1)]
        sounds = lazy_pinyin(run)
        found += [f"~{a}{b}" for a, b in itertools.pairwise(sounds)]
    return found + _LATIN.findall(text)
