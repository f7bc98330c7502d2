from knowledge.usual import share_of


def test_usual_words_are_known_by_language_and_the_commoner_the_more() -> None:
    assert share_of("und", "de") > share_of("kasten", "de") > 0
    assert share_of("the", "en") > 0.01
    assert share_of("anmledung", "de") == 0
    assert share_of("und", "xx") == 0
