"""Which language a request is in, told by its words."""

import pytest

from melscribe_core.languages.detection import Verdict, language_of, plain, verdict

READ = {
    "Jazz ohne Saxofon": "de",
    "was fuer ruhige Musik zum Kochen": "de",
    "Rock aus den 80ern": "de",
    "jazz sans voix": "fr",
    "de la house entre 120 et 126 BPM": "fr",
    "chansons d’amour": "fr",
    "rock sin metal": "es",
    "techno del 92 al 97": "es",
    "¿tienes boleros?": "es",
}
# English, or names of genres and works that English requests use, or too little to tell.
NOT_TOLD = [
    "",
    "jazz, no vocals, 45 minutes",
    "songs about sin and war",
    "the best songs to die for",
    "bossa nova",
    "chanson",
    "schlager for a party",
    "la la land",
    "de la soul",
    "salsa, 20 songs",
    "sin city soundtrack",
    "120 bpm",
    "Edith Piaf",
    "tango argentino",
    "jazz, no saxophone",
    "violin pieces",
    "musique",
    "lieder",
    "maximum rock",
    "third wave coffee",
]
UNREAD = {
    "rustige muziek zonder zang": "Dutch",
    "canzoni tristi senza voce": "Italian",
    "musica dos anos 80, sem voz": "Portuguese",
    "música dels anys 80": "Catalan",
    "smutna muzyka bez wokalu": "Polish",
    "musik för en lugn kväll utan sång": "Swedish",
    "грустная музыка без слов": "Cyrillic script",
    "悲しい音楽": "Japanese",
    "슬픈 음악": "Korean",
    "悲伤的音乐": "Chinese",
    "λυπημένη μουσική": "Greek",
    "موسيقى هادئة": "Arabic script",
}


@pytest.mark.parametrize(("text", "code"), READ.items())
def test_a_language_that_is_read_is_told_by_its_words(text: str, code: str) -> None:
    assert language_of(text) == code


@pytest.mark.parametrize("text", NOT_TOLD)
def test_english_requests_and_borrowed_words_are_no_other_language(text: str) -> None:
    assert (language_of(text), verdict(text).unread) == ("", "")


@pytest.mark.parametrize(("text", "name"), UNREAD.items())
def test_a_language_that_is_not_read_is_named(text: str, name: str) -> None:
    assert verdict(text) == Verdict(unread=name)


def test_languages_that_fit_equally_are_said() -> None:
    # "de" and "la" are French and Spanish alike
    assert verdict("rumba de la mer avec").code == "fr"  # one more word tells them apart
    assert verdict("de la soul").tied == ("es", "fr")


def test_words_are_compared_without_capitals_and_accents() -> None:
    assert plain("Für Élise") == "fur elise"
    assert plain("Años") == "años"  # Spanish; "anos" is Portuguese
