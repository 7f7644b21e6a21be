"""Full-text search over points: BM25 on the text, widened by matter names, keywords and training questions."""

from collections import defaultdict
from dataclasses import dataclass

import bm25s
import numpy as np

from actions.knowledge.base import Knowledge
from actions.knowledge.synonyms import Synonyms
from actions.knowledge.text import terms


@dataclass(frozen=True)
class Hit:
    """A point found by its text; `score` is BM25 divided by the best score of the query (0 to 1)."""

    point: str
    score: float


class PointSearch:
    """An index over all points; building it reads every training question once."""

    def __init__(self, knowledge: Knowledge, synonyms: Synonyms | None = None) -> None:
        self._synonyms = synonyms or Synonyms()
        self._ids = list(knowledge.points)
        questions: dict[str, list[str]] = defaultdict(list)
        for question in knowledge.seeds.questions:
            for point in [question.point] if question.point else []:
                questions[point].append(question.text)
        corpus = [self._document(knowledge, point, questions[point]) for point in self._ids]
        self._index = bm25s.BM25(method="lucene")
        self._index.index(corpus, show_progress=False)

    def become(self, other: "PointSearch") -> None:
        """Searches from now on what `other` searches."""
        self.__dict__.update(other.__dict__)

    @staticmethod
    def _document(knowledge: Knowledge, point: str, questions: list[str]) -> list[str]:
        measure = knowledge.citation(point).measure
        texts = [knowledge.points[point].text, measure.title, *questions]
        for matter in (knowledge.matters[matter_id] for matter_id in knowledge.matters_of[point]):
            texts += [matter.name, matter.name_en, *matter.keywords]
        return [term for text in texts for term in terms(text)]

    def search(self, query: str, most: int = 20) -> list[Hit]:
        """The points nearest to the query, best first; empty where no term is known."""
        known = [term for term in terms(self._synonyms.widened(query)) if term in self._index.vocab_dict]
        if not known:
            return []
        scores = np.asarray(self._index.get_scores(known))
        best = np.argsort(-scores)[:most]
        top = float(scores[best[0]])
        return [Hit(self._ids[i], float(scores[i]) / top) for i in best if scores[i] > 0] if top > 0 else []
