"""How likely each label is right, and how likely none is: learned from what the matcher says unseen.

A multinomial logistic model with a handful of weights. A label's evidence is its two scores and what kind of
label it is; the evidence for "none of them" is how much of the text is known, how long it is, and how near
the nearest phrasing. Fitted by Newton's method on withheld phrasings, so it needs no other examples.

Phrasings of one entry are written to be unlike each other, so withheld ones are harder than what people ask.
`SHARPNESS` and `READINESS` put that right; measured once on the open half of the golden questions, where
they make the probabilities true (of answers given 0.9 and more, 99 % are right).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from knowledge.phrasebook import Floats, Scores

Numbers = npt.NDArray[np.float64]

SHARPNESS, READINESS = 2.0, 1.0
"""The log-odds between labels are multiplied by the first; those for "none" are lowered by the second."""
_STEPS = 25
_SMALL = 1e-6
_DECAY = 1e-2
_MOST_LABELS = 12
"""Only so many of a text's best labels are weighed against each other while fitting."""


@dataclass(frozen=True, slots=True)
class Case:
    """Scores whose truth is known: the number of the right label, None if none is right; `weight` > 0."""

    scores: Scores
    truth: int | None
    weight: float


@dataclass(frozen=True, slots=True)
class Confidence:
    """Turns scores into probabilities; `kinds` gives every label's kind as a number from 0."""

    kinds: tuple[int, ...]
    weights: tuple[float, ...]
    weights_abroad: tuple[float, ...]

    @classmethod
    def learn(cls, cases: Sequence[Case], kinds: tuple[int, ...]) -> Self:
        """Fit to cases, those of foreign texts apart. Raises ValueError if there are none at home."""
        home = [case for case in cases if not case.scores.foreign]
        if not home:
            raise ValueError("no cases to learn confidence from")
        weights = cls._fit(home, kinds)
        abroad = [case for case in cases if case.scores.foreign]
        return cls(kinds, weights, cls._fit(abroad, kinds) if abroad else weights)

    @staticmethod
    def _fit(cases: Sequence[Case], kinds: tuple[int, ...]) -> tuple[float, ...]:
        rows = [_evidence(case.scores, kinds) for case in cases]
        size = _MOST_LABELS + 1
        evidence = np.zeros((len(cases), size, rows[0].shape[1]))
        absent = np.full((len(cases), size), -np.inf)
        truth = np.zeros(len(cases), np.int64)
        for at, (case, row) in enumerate(zip(cases, rows, strict=True)):
            best = np.argsort(-case.scores.combined)[:_MOST_LABELS]
            if case.truth is not None and case.truth not in best:
                best[-1] = case.truth
            chosen = np.concatenate([[0], best + 1])
            evidence[at, : len(chosen)] = row[chosen]
            absent[at, : len(chosen)] = 0
            truth[at] = 0 if case.truth is None else 1 + int(np.flatnonzero(best == case.truth)[0])
        importance = np.array([case.weight for case in cases])
        return tuple(map(float, _newton(evidence, absent, truth, importance)))

    def probabilities(self, scores: Scores) -> Floats:
        """The probability of every label; what is missing to 1 is that none of them is right."""
        evidence = _evidence(scores, self.kinds)
        if scores.foreign:
            logits = evidence @ np.array(self.weights_abroad)
        else:
            logits = SHARPNESS * (evidence @ np.array(self.weights))
            logits[0] -= READINESS
        odds = np.exp(logits - logits.max())
        shares: Floats = (odds[1:] / odds.sum()).astype(np.float32)
        return shares


def _evidence(scores: Scores, kinds: tuple[int, ...]) -> Numbers:
    """One row for "none" and one for every label."""
    labels = len(kinds)
    different = max(kinds, default=0)
    table = np.zeros((labels + 1, 10 + different))
    table[1:, 0] = scores.learned
    table[1:, 1] = scores.nearest
    table[1:, 2] = scores.meant
    table[1:, 3] = scores.covered
    overall = scores.nearest.max(), scores.meant.max(), scores.covered.max()
    table[0, 4:10] = 1, scores.known, np.log1p(scores.words), *overall
    kind = np.array(kinds)
    table[1 + np.flatnonzero(kind), 9 + kind[kind > 0]] = 1
    return table


def _newton(evidence: Numbers, absent: Numbers, truth: npt.NDArray[np.int64], importance: Numbers) -> Numbers:
    """The weights that make the truth likeliest; each step is halved until it does no harm."""
    weights = np.zeros(evidence.shape[2])
    row = np.arange(len(truth))
    right = evidence[row, truth]

    def judge(weights: Numbers) -> tuple[float, Numbers]:
        logits = evidence @ weights + absent
        logits -= logits.max(axis=1, keepdims=True)
        odds = np.exp(logits)
        total = odds.sum(axis=1)
        loss = importance @ (np.log(total) - logits[row, truth]) + _DECAY / 2 * weights @ weights
        return float(loss), odds / total[:, None]

    loss, shares = judge(weights)
    for _ in range(_STEPS):
        expected = np.einsum("nl,nlf->nf", shares, evidence)
        slope = importance @ (expected - right) + _DECAY * weights
        spread = np.einsum("nl,nlf,nlg->fg", importance[:, None] * shares, evidence, evidence, optimize=True)
        spread -= (importance[:, None] * expected).T @ expected
        step = np.linalg.solve(spread + _DECAY * np.eye(len(weights)), slope)
        tried, (better, then) = weights - step, judge(weights - step)
        while better > loss and float(np.abs(step).max()) > _SMALL:
            step /= 2
            tried, (better, then) = weights - step, judge(weights - step)
        gain, weights, loss, shares = loss - better, tried, better, then
        if gain < _SMALL:
            break
    return weights
