"""Lotse's matcher beside others on the golden questions: all learn from the same and are asked the same."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
from rapidfuzz import fuzz, process, utils
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.svm import LinearSVC

from bot.config import Settings
from bot.core.model import Guide
from bot.evaluating import Verdict, ask_each, percent, read_golden
from bot.guide import load_guide
from knowledge.deciding import phrasings
from knowledge.language import detect
from knowledge.matcher import Matcher
from knowledge.meaning import encoder
from knowledge.phrasebook import Phrasing
from knowledge.speech import load_speech

GOLDEN = Path("tests/knowledge/golden")
OWN = ("de", "en")
AMONG = 3

Score = Callable[[str], np.ndarray[Any, Any]]
"""The scores of all labels for a text, in the order of the labels."""


@dataclass(frozen=True)
class Ground:
    """What everybody learns from and is asked."""

    guide: Guide
    known: tuple[Phrasing, ...]
    labels: tuple[str, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def topical(self) -> tuple[Verdict, ...]:
        """What became of the German and English questions that have an entry."""
        return tuple(verdict for verdict in self.verdicts if verdict.set in OWN)

    @property
    def foreign(self) -> tuple[Verdict, ...]:
        """What became of messages that no entry answers."""
        return tuple(verdict for verdict in self.verdicts if verdict.set in ("outside", "nearby"))


def prepare() -> Ground:
    """Load the content and ask Lotse everything."""
    settings = Settings()
    guide = load_guide(settings)
    known = tuple(
        each
        for each in phrasings(guide.knowledge, load_speech(settings.knowledge_dir / "speech"))
        if each.weight and each.label in guide.knowledge.entries
    )
    labels = tuple(sorted({each.label for each in known}))
    return Ground(guide, known, labels, tuple(ask_each(read_golden(GOLDEN, guide), guide)))


# --- others ---------------------------------------------------------------------------------------


def _best_of(ground: Ground, similar: Callable[[str], np.ndarray[Any, Any]]) -> Score:
    """A label scores as its most similar phrasing does."""
    owner = np.array([ground.labels.index(each.label) for each in ground.known])

    def score(text: str) -> np.ndarray[Any, Any]:
        best = np.zeros(len(ground.labels), np.float32)
        np.maximum.at(best, owner, similar(text))
        return best

    return score


def fuzzy(ground: Ground, scorer: Callable[..., float]) -> Score:
    """rapidfuzz: the nearest phrasing."""
    texts = [utils.default_process(each.text) for each in ground.known]
    return _best_of(ground, lambda text: process.cdist([utils.default_process(text)], texts, scorer=scorer)[0])


def bm25(ground: Ground) -> Score:
    """BM25 over words: the nearest phrasing."""
    index = bm25s.BM25()
    index.index(bm25s.tokenize([each.text for each in ground.known], show_progress=False), show_progress=False)

    def similar(text: str) -> np.ndarray[Any, Any]:
        tokens = bm25s.tokenize([text], return_ids=False, show_progress=False)[0]
        return np.asarray(index.get_scores(tokens) if tokens else np.zeros(len(ground.known)), np.float32)

    return _best_of(ground, similar)


def letter_groups(ground: Ground) -> Score:
    """TF-IDF of groups of letters: the nearest phrasing."""
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)
    table = vectorizer.fit_transform([each.text for each in ground.known])
    return _best_of(ground, lambda text: np.asarray((table @ vectorizer.transform([text]).T).todense()).ravel())


def linear_classifier(ground: Ground) -> Score:
    """TF-IDF of words and letters under a linear support vector machine."""
    both = FeatureUnion(
        [
            ("words", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)),
            ("letters", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)),
        ]
    )
    model = make_pipeline(both, LinearSVC())
    model.fit([each.text for each in ground.known], [each.label for each in ground.known])
    assert tuple(model.classes_) == ground.labels
    return lambda text: model.decision_function([text])[0]


def meaning_alone(ground: Ground) -> Score:
    """The sentence encoder: the nearest phrasing."""
    vectors = encoder()
    assert vectors is not None
    table = vectors.encode([each.text for each in ground.known])
    return _best_of(ground, lambda text: table @ vectors.encode([text])[0])


def of_matcher(ground: Ground, vectors: object) -> Score:
    """Lotse's own ranking, with or without the sentence encoder, without the decision."""
    own = Matcher.fit(ground.known, vectors)  # type: ignore[arg-type]
    assert own.labels == ground.labels
    return lambda text: own.score(text, detect(text).language).combined


def compare(ground: Ground) -> str:
    """The table of methods; `wrong` and `others` where each answers as many questions as Lotse does."""
    methods: dict[str, Callable[[], Score]] = {
        "rapidfuzz WRatio": lambda: fuzzy(ground, fuzz.WRatio),
        "rapidfuzz token_set_ratio": lambda: fuzzy(ground, fuzz.token_set_ratio),
        "BM25 (bm25s)": lambda: bm25(ground),
        "TF-IDF of letter groups, nearest": lambda: letter_groups(ground),
        "TF-IDF and linear SVM": lambda: linear_classifier(ground),
        "sentence encoder alone, nearest": lambda: meaning_alone(ground),
        "Lotse's matcher without the encoder": lambda: of_matcher(ground, None),
        "Lotse's matcher": lambda: of_matcher(ground, encoder()),
    }
    lines = [
        "| method | German: first, among three | English: first, among three | wrong | others | ms |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, make in methods.items():
        score = make()
        began = time.perf_counter()
        scored = [(verdict, score(verdict.question.text)) for verdict in ground.topical]
        took = (time.perf_counter() - began) / len(scored) * 1000
        beside = [score(verdict.question.text) for verdict in ground.foreign]
        lines.append(f"| {name} | " + " | ".join(_figures(ground, scored, beside)) + f" | {took:.1f} |")
    return "\n".join([*lines, _of_lotse(ground)])


def _figures(
    ground: Ground, scored: Sequence[tuple[Verdict, np.ndarray[Any, Any]]], beside: Sequence[np.ndarray[Any, Any]]
) -> Iterator[str]:
    def place(verdict: Verdict, scores: np.ndarray[Any, Any]) -> int:
        order = [ground.labels[at] for at in np.argsort(-scores, kind="stable")]
        return min(order.index(wanted) for wanted in verdict.question.expect)

    for language in OWN:
        places = [place(verdict, scores) for verdict, scores in scored if verdict.set == language]
        yield f"{percent(at == 0 for at in places):.1f}, {percent(at < AMONG for at in places):.1f}"
    answered = sum(verdict.answered for verdict, _ in scored)
    surest = sorted(scored, key=lambda each: -float(each[1].max()))[:answered]
    least = float(surest[-1][1].max())
    yield f"{100 * sum(place(*each) > 0 for each in surest) / len(scored):.1f}"
    yield f"{percent(float(scores.max()) >= least for scores in beside):.1f}"


def _of_lotse(ground: Ground) -> str:
    def ahead(verdict: Verdict) -> bool:
        best = verdict.outcome.candidates[:1]
        return bool(best) and best[0].id in verdict.question.expect

    parts = []
    for language in OWN:
        asked = [verdict for verdict in ground.topical if verdict.set == language]
        parts.append(f"{percent(map(ahead, asked)):.1f}, {percent(verdict.among for verdict in asked):.1f}")
    wrong = percent(verdict.answered and not verdict.right for verdict in ground.topical)
    others = percent(verdict.answered for verdict in ground.foreign)
    took = statistics.mean(verdict.took for verdict in ground.topical)
    return f"| Lotse with its decision | {' | '.join(parts)} | {wrong:.1f} | {others:.1f} | {took:.1f} |"
