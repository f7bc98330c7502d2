"""Keeps what was learned from the content, so that only a changed content costs the time of learning it."""

from __future__ import annotations

import hashlib
import pickle
from pathlib import Path

import structlog

import knowledge
from knowledge.deciding import Understanding, fingerprint
from knowledge.meaning import encoder
from knowledge.model import KnowledgeBase
from knowledge.speech import Speech

# the modules whose objects are kept, and what they are made with
LEARNING = (
    "confidence",
    "deciding",
    "evidence",
    "features",
    "folding",
    "matcher",
    "meaning",
    "questions",
    "repair",
    "ridge",
    "vocabulary",
)
log = structlog.get_logger("lotse.learning")


def understand(base: KnowledgeBase, speech: Speech, folder: Path) -> Understanding:
    """The understanding of this content: the kept one of `folder`, or learned now (some seconds) and kept there.

    A kept file of other content or other code is replaced, one that cannot be read is ignored. The folder is the
    program's own: what lies in it is trusted (pickle).
    """
    vectors = encoder()
    path = folder / f"understanding-{fingerprint(base, speech, vectors)[:16]}-{_code()[:16]}.pickle"
    if path.exists():
        try:
            kept = pickle.loads(path.read_bytes())  # noqa: S301  # our own file, in our own folder
        except Exception as failure:  # noqa: BLE001  # whatever a broken pickle raises
            log.warning("the kept understanding is broken and is made anew", error=type(failure).__name__)
        else:
            if isinstance(kept, Understanding):
                return kept
    log.warning("learning the content; this takes some seconds, once per change")
    learned = Understanding.build(base, speech, vectors)
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(pickle.dumps(learned))
    for former in folder.glob("understanding-*.pickle"):
        former.unlink()
    unfinished.replace(path)
    return learned


def _code() -> str:
    """What the code of the understanding is, as a short text: a kept object fits only the code that made it."""
    digest = hashlib.sha256()
    for name in LEARNING:
        digest.update((Path(knowledge.__file__).parent / f"{name}.py").read_bytes())
    return digest.hexdigest()
