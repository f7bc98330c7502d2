"""From a message to what to do about it: answer, ask which, admit not knowing, chat, or fetch a person.

The one place where the cost of a wrong answer is set against the cost of asking back is `COSTS`; whatever is
expected to cost least is done, so there are no other thresholds between answering, asking and passing.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from knowledge.confidence import Case, Confidence
from knowledge.evidence import phrasings_of
from knowledge.examining import Withheld
from knowledge.folding import words
from knowledge.following import Before, Follower, Form, mixed
from knowledge.matcher import Matcher
from knowledge.model import KnowledgeBase
from knowledge.phrasebook import Floats, Ints, Phrasing, Vectors
from knowledge.questions import Listener, Question
from knowledge.speech import Speech
from knowledge.telling import Teller

PERSON, SMALLTALK, OUTSIDE = "person", "smalltalk:", "outside:"
PERSON_ENTRY = "bot-human"
MOST_CANDIDATES, MOST_OFFERED = 5, 3


@dataclass(frozen=True, slots=True)
class Costs:
    """What a person loses, counted in questions asked back.

    `wrong`: a wrong answer, or any answer to what Lotse does not know. `asked`: being asked which of three.
    `useless`: being asked though there is no right one to choose. `missed`: not getting what Lotse knows,
    which being asked without the right one among them only delays. An urgent entry goes before
    everything once the urgent entries together have the probability `urgent` and `urgent_beside` times that of the
    likeliest meaning, or `urgent_in_passing` in one of several sentences: people in danger must not be missed.
    """

    wrong: float = 2.7
    asked: float = 1.0
    useless: float = 0.25
    missed: float = 2.75
    urgent: float = 0.06
    urgent_beside: float = 0.5
    urgent_in_passing: float = 0.7


COSTS = Costs()
_VERSION = "1"
_SHARE_NEARBY, _SHARE_ELSEWHERE = 0.05, 1.0
"""How often, per phrasing, people are taken to ask what no entry answers: near by, and elsewhere."""
_SURE_OF_SMALLTALK, _SURE_OF_OUTSIDE = 0.4, 0.25
_SURE_OF_PERSON, _LIKELIEST_PERSON, _HEARD_PERSON = 0.5, 0.2, 0.01
_LONGEST_SMALLTALK = 8
_SURE_THOUGH_OPENED, _SURE_THOUGH_POINTING = 0.98, 0.6
"""From here on a message means what it says by itself, though it looks like going on from the answer before."""
_SURE_OF_GOING_ON, _SURE_OF_DANGER = 0.5, 0.15
_SURE_OF_EACH = 0.8
"""So likely each of two questions in a message must be."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry, and how likely it is the one meant (0..1)."""

    id: str
    score: float


Candidates = tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One entry is clearly meant."""

    entry: str
    score: float
    candidates: Candidates


@dataclass(frozen=True, slots=True)
class Unsure:
    """One of up to three entries may be meant (the first three candidates)."""

    candidates: Candidates

    @property
    def offered(self) -> Candidates:
        """The entries to ask about."""
        return self.candidates[:MOST_OFFERED]


@dataclass(frozen=True, slots=True)
class Missed:
    """Nothing known is meant; `pointer` says where to look, `subject` which outside subject it is."""

    candidates: Candidates
    pointer: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class SmallTalk:
    """Not a question; `kind` as in the speech files: hello, thanks, who_are_you ..."""

    kind: str
    candidates: Candidates


@dataclass(frozen=True, slots=True)
class PersonWanted:
    """The newcomer wants to talk to a human being."""

    candidates: Candidates


Outcome = Found | Unsure | Missed | SmallTalk | PersonWanted


@dataclass(frozen=True, slots=True)
class Understanding:
    """All that is learned from the content; made by `build`, unchanging, safe to pickle."""

    matcher: Matcher
    confidence: Confidence
    urgent: frozenset[str]
    speech: Speech
    listener: Listener
    follower: Follower
    teller: Teller
    said: Mapping[tuple[str, ...], str]

    @classmethod
    def build(cls, base: KnowledgeBase, speech: Speech, vectors: Vectors | None = None) -> Self:
        """Learn from the content, with meanings as vectors if given. Raises ValueError if it is empty."""
        urgent = frozenset(entry.id for entry in base.entries.values() if entry.urgent)
        return cls._learn(phrasings(base, speech), speech, urgent, vectors)

    @classmethod
    def learn(
        cls,
        known: Iterable[Phrasing],
        speech: Speech,
        urgent: frozenset[str] = frozenset(),
        vectors: Vectors | None = None,
    ) -> Self:
        """Learn from entries given as phrasings labelled with their ids. Raises ValueError if there are none."""
        return cls._learn([*known, *_spoken(speech)], speech, urgent, vectors)

    @classmethod
    def _learn(cls, known: Iterable[Phrasing], speech: Speech, urgent: frozenset[str], vectors: Vectors | None) -> Self:
        matcher, withheld = Matcher.fit_and_examine([*known, *_beside(speech)], vectors)
        kinds = tuple(map(_kind, matcher.labels))
        cases = [case for each in withheld if (case := _case(each, matcher.labels)) is not None]
        confidence = Confidence.learn(cases, kinds)
        return cls(
            matcher=matcher,
            confidence=confidence,
            urgent=urgent,
            speech=speech,
            listener=Listener(
                (phrase for tongue in speech.tongues for phrase in tongue.around),
                (word for tongue in speech.tongues for word in tongue.joining),
            ),
            follower=Follower(speech),
            teller=Teller(speech),
            said={
                tuple(words(phrasing.text)): phrasing.label
                for phrasing in _spoken(speech)
                if not phrasing.label.startswith(OUTSIDE)
            },
        )

    def resolve(self, text: str, language: str | None = None) -> Outcome:
        """What a message means; `language` is the one it is written in, if known, and that of the pointer.

        The message as a whole decides; where it is not clear, its most telling sentence counts as much again.
        """
        question = self.listener.listen(text)
        if not any(letter.isalpha() for letter in text):
            return Missed(())
        likely, *parts = self._likely([question.whole or text, *question.sentences], language)
        candidates = self._candidates(likely)
        if label := self.said.get(tuple(words(text))) or self.said.get(tuple(words(question.whole))):
            kind = label.removeprefix(SMALLTALK)
            return PersonWanted(candidates) if label == PERSON else SmallTalk(kind, candidates)
        person = self._person_wanted(likely)
        if urgent := self._urgent(likely, parts, above=self._wish(likely) if person else 0.0):
            others = tuple(each for each in candidates if each.id != urgent.id)
            return Found(urgent.id, urgent.score, (urgent, *others)[:MOST_CANDIDATES])
        if person:
            return PersonWanted(candidates)
        if (chatter := self._small_talk(likely, text, question)) is not None:
            return SmallTalk(chatter, candidates)
        outcome = self._answer(likely, candidates, language)
        if parts and (isinstance(outcome, Unsure) or outcome == Missed(candidates)):
            telling = max(parts, key=lambda part: float(part[self._entries].max()))
            together = (likely + telling) / np.float32(2)
            return self._answer(together, self._candidates(together), language)
        return outcome

    def resolve_after(self, text: str, language: str | None, before: Before) -> Outcome:
        """What a message means after an answer; one that does not go on from it means what it says by itself."""
        alone = self.resolve(text, language)
        form = self.goes_on(text)
        if form is None or self._stands_alone(alone, form, text):
            return alone
        question = self.listener.listen(text).whole or text
        bare, joint = self._likely([question, f"{before.name} {question}"], language)
        kinds = zip(self.matcher.labels, self.confidence.kinds, strict=True)
        known = np.array([not kind and label not in self.urgent for label, kind in kinds], np.float32)
        likely = mixed(bare * known, joint * known, form, before, self.matcher.labels)
        outcome = _cheapest(likely[self._entries], self._candidates(likely), COSTS)
        if isinstance(outcome, Found) and outcome.score < _SURE_OF_GOING_ON:
            return Unsure(outcome.candidates)
        return outcome

    def resolve_two(self, text: str, language: str | None = None) -> tuple[Candidate, Candidate] | None:
        """The two entries of a message that clearly asks two things that stand for themselves, None of any other."""
        asked = self.listener.two(text)
        if asked is None or Form.PLAIN in map(self.follower.form, asked):
            return None
        first, second = (self.resolve(each, language) for each in asked)
        if not isinstance(first, Found) or not isinstance(second, Found) or first.entry == second.entry:
            return None
        if min(first.score, second.score) < _SURE_OF_EACH or {first.entry, second.entry} & {*self.urgent, PERSON_ENTRY}:
            return None
        return first.candidates[0], second.candidates[0]

    def goes_on(self, text: str) -> Form | None:
        """How a message shows that it goes on from the answer before, None if it stands for itself."""
        return self.follower.form(self.listener.listen(text).whole or text)

    def _stands_alone(self, alone: Outcome, form: Form, text: str) -> bool:
        """Whether a message that looks like going on is clear by itself, or must not be taken for anything else."""
        match alone:
            case PersonWanted():
                return True
            case SmallTalk():
                return form is not Form.PLAIN or tuple(words(text)) in self.said
            case Missed(subject=subject):
                return subject is not None and form is not Form.PLAIN
            case Found(entry=entry, score=score) if entry in self.urgent:
                return score >= _SURE_OF_DANGER
            case Found(entry=entry, score=score):
                least = _SURE_THOUGH_OPENED if form is Form.OPENED else _SURE_THOUGH_POINTING
                return entry == PERSON_ENTRY or (form is not Form.PLAIN and score >= least)
            case Unsure():
                return alone.candidates[0].id == PERSON_ENTRY

    @property
    def _entries(self) -> Ints:
        return np.flatnonzero(np.array(self.confidence.kinds) == 0)

    def _answer(self, likely: Floats, candidates: Candidates, language: str | None) -> Outcome:
        top = int(likely.argmax())
        label = self.matcher.labels[top]
        if label.startswith(OUTSIDE) and likely[top] >= _SURE_OF_OUTSIDE:
            subject = label.removeprefix(OUTSIDE)
            return Missed(candidates, self.speech.pointer(subject, language), subject)
        return _cheapest(likely[self._entries], candidates, COSTS)

    def _small_talk(self, likely: Floats, text: str, question: Question) -> str | None:
        """The kind of small talk it is; what holds nothing but greetings and thanks always is."""
        kinds = {at: label for at, label in enumerate(self.matcher.labels) if label.startswith(SMALLTALK)}
        best = max(kinds, key=lambda at: float(likely[at]), default=None)
        if best is None:
            return None
        short = len(text.split()) <= _LONGEST_SMALLTALK
        chatting = best == int(likely.argmax()) and likely[best] >= _SURE_OF_SMALLTALK and short
        return kinds[best].removeprefix(SMALLTALK) if chatting or question.empty else None

    def _person_wanted(self, likely: Floats) -> bool:
        """The entry about advisers counts for the wish to talk to one, if the wish itself is heard too.

        A person who is offered without need costs one tap, so the likeliest meaning need not be a sure one.
        """
        if self._at(likely, PERSON) < _HEARD_PERSON:
            return False
        likeliest = self.matcher.labels[int(likely.argmax())] in (PERSON, PERSON_ENTRY)
        return self._wish(likely) >= (_LIKELIEST_PERSON if likeliest else _SURE_OF_PERSON)

    def _wish(self, likely: Floats) -> float:
        return self._at(likely, PERSON) + self._at(likely, PERSON_ENTRY)

    def _at(self, likely: Floats, label: str) -> float:
        return float(likely[self.matcher.labels.index(label)]) if label in self.matcher.labels else 0.0

    def _likely(self, texts: Sequence[str], language: str | None) -> list[Floats]:
        return [self.confidence.probabilities(scores) for scores in self.matcher.score_each(texts, language)]

    def _candidates(self, likely: Floats) -> Candidates:
        found: list[Candidate] = []
        for at in np.argsort(-likely, kind="stable"):
            if not self.confidence.kinds[at]:
                found.append(Candidate(self.matcher.labels[at], float(likely[at])))
            if len(found) == MOST_CANDIDATES:
                break
        return tuple(found)

    def _urgent(self, whole: Floats, parts: Sequence[Floats], above: float) -> Candidate | None:
        """The likeliest urgent entry if somebody may be in danger, also where one sentence of many says so.

        Together the urgent entries must be likelier than `above`.
        """
        places = [at for at, label in enumerate(self.matcher.labels) if label in self.urgent]
        if not places:
            return None
        alarming = whole
        if not (whole[places].sum() >= max(COSTS.urgent, COSTS.urgent_beside * whole.max(), above)):
            alarming = max(parts, key=lambda part: float(part[places].sum()), default=whole)
            if alarming[places].sum() < COSTS.urgent_in_passing:
                return None
        at = max(places, key=lambda place: float(alarming[place]))
        return Candidate(self.matcher.labels[at], float(alarming[at]))


def _cheapest(likely: Floats, candidates: Candidates, costs: Costs) -> Outcome:
    """Answer, ask back or pass: whichever is expected to cost least."""
    known = float(likely.sum())
    offered = sum(each.score for each in candidates[:MOST_OFFERED])
    passing = known * costs.missed
    asking = offered * costs.asked + (known - offered) * (costs.asked + costs.missed) + (1 - known) * costs.useless
    answering = (1 - candidates[0].score) * costs.wrong
    if answering <= min(asking, passing):
        return Found(candidates[0].id, candidates[0].score, candidates)
    return Unsure(candidates) if asking < passing else Missed(candidates)


def phrasings(base: KnowledgeBase, speech: Speech) -> list[Phrasing]:
    """All that is learned from: how people ask for the entries, and what else they say."""
    asked = [phrasing for entry in base.entries.values() for phrasing in phrasings_of(entry)]
    return [*asked, *_spoken(speech)]


def fingerprint(base: KnowledgeBase, speech: Speech, vectors: Vectors | None = None) -> str:
    """What a built understanding depends on, as a short text: a kept one with the same is still good."""
    digest = hashlib.sha256(f"{_VERSION} {type(vectors).__name__}".encode())
    for entry in base.entries.values():
        digest.update(f"{entry.id} {entry.urgent}".encode())
        for phrasing in phrasings_of(entry):
            digest.update(repr(phrasing).encode())
    digest.update(repr(speech).encode())
    return digest.hexdigest()[:32]


def _spoken(speech: Speech) -> Iterable[Phrasing]:
    for tongue in speech.tongues:
        for kind, texts in tongue.smalltalk.items():
            yield from (Phrasing(text, SMALLTALK + kind, tongue.language) for text in texts)
        yield from (Phrasing(text, PERSON, tongue.language) for text in tongue.person)
        for subject, texts in tongue.outside.items():
            yield from (Phrasing(text, OUTSIDE + subject, tongue.language) for text in texts)


def _beside(speech: Speech) -> Iterable[Phrasing]:
    """What people say around their questions: words to be known, but no meaning."""
    for tongue in speech.tongues:
        for text in (*tongue.around, *tongue.openings, *tongue.pointing, *tongue.plain):
            yield Phrasing(text, "", tongue.language, 0.0)


def _kind(label: str) -> int:
    """0 for an entry, 1 outside, 2 small talk, 3 person."""
    if label.startswith(OUTSIDE):
        return 1
    return 2 if label.startswith(SMALLTALK) else 3 if label == PERSON else 0


def _case(withheld: Withheld, labels: Sequence[str]) -> Case | None:
    """A withheld phrasing as a case; small talk that is wholly unknown teaches nothing about refusing."""
    kind = _kind(labels[withheld.own])
    if withheld.label is not None:
        return Case(withheld.scores, withheld.label, 1.0)
    if kind > 1:
        return None
    return Case(withheld.scores, None, _SHARE_ELSEWHERE if kind else _SHARE_NEARBY)
