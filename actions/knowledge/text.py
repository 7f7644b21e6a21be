"""How text is cut for the search: normalised, then jieba words with character bigrams and pinyin."""

import itertools
import re
import unicodedata
import warnings
from functools import lru_cache

import cn2an
from opencc import OpenCC
from pypinyin import lazy_pinyin

with warnings.catch_warnings():
    # jieba 0.42.1 was written before Python warned of its escapes; the warning comes once, when it is compiled.
    warnings.simplefilter("ignore", SyntaxWarning)
    import jieba

_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_LATIN = re.compile(r"[a-z0-9][a-z0-9+]*")
_FIGURE = re.compile(r"\d+(?:\.\d+)?[%\u4e00-\u9fff]")


@lru_cache(maxsize=1)
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=1)
def _segmenter() -> jieba.Tokenizer:
    return jieba.Tokenizer()


def simplified(text: str) -> str:
    """A text in simplified characters, otherwise as it is."""
    return str(_simplifier().convert(text))


def normalise(text: str) -> str:
    """Half-width, simplified, lower case, white space squeezed: the form in which texts are compared."""
    folded = unicodedata.normalize("NFKC", text)
    return re.sub(r"\s+", " ", simplified(folded)).strip().lower()


def terms(text: str) -> list[str]:
    """The search terms of a text.

    Words, Chinese character bigrams, pinyin bigrams against homophone slips, and figures with their unit, whether
    written 三天 or 3天.
    """
    text = normalise(text)
    found = [word for word in _segmenter().cut(text) if len(word) > 1 and not word.isspace()]
    for run in _CHINESE.findall(text):
        found += [run[i : i + 2] for i in range(len(run) - 1)]
        sounds = lazy_pinyin(run)
        found += [f"~{a}{b}" for a, b in itertools.pairwise(sounds)]
    figures = [f"#{figure}" for figure in _FIGURE.findall(_in_digits(text))]
    return found + figures + _LATIN.findall(text)


def _in_digits(text: str) -> str:
    """A text with its Chinese numerals as digits; as it is where the library can't read one (两三百万)."""
    with warnings.catch_warnings():
        # The library warns of each numeral that it leaves as it is.
        warnings.simplefilter("ignore")
        try:
            return str(cn2an.transform(text, "cn2an"))
        except (ValueError, KeyError, IndexError):
            return text
