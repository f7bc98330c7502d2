"""Makes `languages.npz`, by which `knowledge.language` tells languages apart, from word frequencies.

Not part of the program: run by hand with the package `wordfreq` installed, see docs/vectors.md.
What is kept are int8 log-probabilities of letter triples and of the commonest words, by hash, not the lists.

    python knowledge/vectors/build_languages.py
"""

import math
import sys
from collections import defaultdict
from importlib import import_module
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))
from knowledge.language import LANGUAGES, SCALE, features_of_word

WORDS_FOR_TRIPLES = 30_000
COMMON_WORDS = 1_200
LEAST_TRIPLE = 2e-5
FLOOR = {"triple": 1e-6, "word": 1e-6}


def _listed(words: str) -> list[str]:
    return words.split()


OWN_WORDS = {
    "sq": _listed("""të e në dhe i një për me që më si jam është nuk janë ka kam nga do se ti unë ai ajo ne ju ata kjo
    ky çfarë kur ku pse po jo mund duhet punë punoj leje qëndrimi dokumente si mirë faleminderit përshëndetje
    mirëdita ditë vit shqip gjermani gjermanisht shkollë familje fëmijë gruaja burri im ime juaj tim time mua
    ty na atë këtë këto ato shumë pak tani sot nesër dje gjatë deri pas para pa mbi nën brenda jashtë vetëm
    edhe ose por nëse sepse që kemi keni kanë isha ishte ishin bëj bën bëjnë marr merr dua do duam di dini
    them thotë shkoj vij banoj banesë shtëpi qira zyrë takim termin vizë pasaportë diplomë njohje profesion
    infermiere mjek mësues inxhinier shofer gjuhë kurs provim para lekë sa kushton kohë javë muaj"""),
    "ku": _listed("""û di li ji bi ku ez tu ew em hûn wan min te wî wê me we ye ne na erê çi çawa kengî kî kîjan
    dixwazim dikarim divê kar karê kirin bûn heye tune gelek hindik niha îro sibê duh roj meh sal hefte
    malbat zarok jin mêr xwe xwendin dibistan zimanê kurdî almanî almanya bajar mal xanî spas silav rojbaş
    baş xweş ser bin nav derve hundir bo ji bo heta piştî berî jî an lê eger çimkî hemû her tiştek kes
    dibêjim dibêje diçim têm dijîm belge destûr rûniştin ofîs dem pere çend bihayê nexweşxane doktor mamoste
    endezyar ajokar qurs îmtîhan vîze pasaport dîploma naskirin pîşe alîkarî bikim bike bikin dikim dike
    dikin nikarim nizanim dizanim"""),
}


def frequencies(language: str) -> dict[str, float]:
    """How often each word is used, as a share of all words; by rank for the languages listed here."""
    if language in OWN_WORDS:
        words = OWN_WORDS[language]
        total = sum(1 / (at + 2) for at in range(len(words)))
        return {word: 0.6 / (at + 2) / total for at, word in enumerate(words)}
    wordfreq = import_module("wordfreq")
    source = {"sr": "sh"}.get(language, language)
    found = wordfreq.get_frequency_dict(source, wordlist="best")
    common = sorted(found, key=found.__getitem__, reverse=True)[:WORDS_FOR_TRIPLES]
    return {word: found[word] for word in common if word.isalpha()}


def main() -> None:
    """Write the table beside this file."""
    table: dict[int, dict[str, float]] = defaultdict(dict)
    floors: dict[int, float] = {}
    for language in LANGUAGES:
        words = frequencies(language)
        triples: dict[int, float] = defaultdict(float)
        for at, (word, share) in enumerate(words.items()):
            key, own = features_of_word(word)
            if at < COMMON_WORDS:
                table[key][language] = table[key].get(language, 0) + share
                floors[key] = FLOOR["word"]
            for triple in own:
                triples[triple] += share
        total = sum(triples.values())
        for triple, share in triples.items():
            if share / total > LEAST_TRIPLE:
                table[triple][language] = share / total
                floors[triple] = FLOOR["triple"]
    keys = sorted(table)
    values = np.zeros((len(keys), len(LANGUAGES)), np.int8)
    for row, key in enumerate(keys):
        floor = math.log(floors[key])
        logs = [math.log(max(table[key].get(each, 0), floors[key])) - floor for each in LANGUAGES]
        values[row] = np.round(np.array(logs) * SCALE)
    place = Path(__file__).with_name("languages.npz")
    np.savez_compressed(place, keys=np.array(keys, np.uint32), values=values)
    sys.stdout.write(f"{len(keys)} features, {place.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
