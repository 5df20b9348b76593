"""Artists together: the names that a joint name is made up of, and names of nobody."""

import time

import pytest

from melscribe_core.request.joint_names import guests, is_nobody, parts


@pytest.mark.parametrize(
    ("artist", "names"),
    [
        ("Mark Ronson feat. Bruno Mars", "Mark Ronson|Bruno Mars"),
        ("Adele featuring Bono", "Adele|Bono"),
        ("Eminem Ft Rihanna", "Eminem|Rihanna"),
        ("Adele (feat. Bono)", "Adele|Bono"),
        ("Adele (ft. Bono & Rihanna) [Live]", "Adele|Bono & Rihanna|Bono|Rihanna"),
        ("Train feat. Future", "Train|Future"),  # ordinary words, but guest and host
        ("Lady Gaga & Bradley Cooper", "Lady Gaga|Bradley Cooper"),
        ("Elton John, Britney Spears", "Elton John|Britney Spears"),
        ("Chaka Demus & Pliers", "Chaka Demus|Pliers"),
        ("Jay-Z x Kanye West", "Jay-Z|Kanye West"),
        ("Tiësto × Karol G", "Tiësto|Karol G"),
        ("Orbital vs. Kraftwerk", "Orbital|Kraftwerk"),
        ("Emmylou Harris with Gram Parsons", "Emmylou Harris|Gram Parsons"),
        ("A; B", "A|B"),
        ("Adele / Bono", "Adele|Bono"),
        ("Santana/Everlast", "Santana|Everlast"),
        ("Nick Cave & the Bad Seeds", "Nick Cave|the Bad Seeds"),
        ("Florence + the Machine", "Florence"),
        ("Queen & David Bowie", "Queen|David Bowie"),  # an ordinary word beside a full name
        ("Drake, Kool & The Gang", "Drake|Kool & The Gang|Kool"),
        ("Emerson, Lake & Palmer", "Emerson|Palmer"),
        ("Crosby, Stills, Nash & Young", "Crosby|Nash"),
        ("Simon & Garfunkel", "Simon|Garfunkel"),
        ("Hall & Oates", "Oates"),
        ("Mumford & Sons", "Mumford"),
        ("Duke Ellington and His Orchestra", "Duke Ellington"),
        ("Simon & Garfunkel; Sting", "Simon & Garfunkel|Simon|Garfunkel|Sting"),
        ("坂本龍一 & Alva Noto", "坂本龍一|Alva Noto"),
        ("Sting & Various Artists", "Sting"),
    ],
)
def test_a_joint_name_has_parts(artist: str, names: str) -> None:
    assert parts(artist) == tuple(names.split("|"))


@pytest.mark.parametrize(
    "artist",
    [
        *("Adele", "AC/DC", "10,000 Maniacs", "Salt-N-Pepa", "Malcolm X", "The xx", "Little Feat"),
        *("Tyler, The Creator", "Beatles, The", "Iron & Wine", "Earth, Wind & Fire"),
        *("Above & Beyond", "Of Monsters and Men", "Blood, Sweat & Tears", "", "&", "x", " feat. "),
        *("Various Artists", "Unknown/Unknown", "Guns N' Roses", "Me First and the"),
    ],
)
def test_one_name_has_no_parts(artist: str) -> None:
    assert parts(artist) == ()


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Uptown Funk (feat. Bruno Mars)", "Bruno Mars"),
        ("Empire [ft. Alicia Keys] (Live)", "Alicia Keys"),
        ("Empire ft. Alicia Keys (Live)", "Alicia Keys"),
        ("Empire (Featuring Sting & Dido)", "Sting & Dido|Sting|Dido"),
        ("Hello", ""),
        ("10 ft. tall", ""),
        ("A feat of strength", ""),
        ("Great Feat", ""),
        ("After", ""),
    ],
)
def test_a_title_names_guests(title: str, names: str) -> None:
    assert guests(title) == tuple(filter(None, names.split("|")))


def test_many_spaces_take_no_long_time() -> None:
    many = " " * 20_000
    start = time.process_time()
    assert parts(f"Adele &{many}Bono") == ("Adele", "Bono")
    assert guests(f"Empire feat.{many}Sting") == ("Sting",)
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize(
    "name",
    [
        *("", "?", "-", "[unknown]", "<unknown>", "Unknown Artist", "Various Artists", "Various"),
        *("VA", "V.A.", "V/A", "N/A", "[no artist]"),
    ],
)
def test_a_name_of_nobody(name: str) -> None:
    assert is_nobody(name)


@pytest.mark.parametrize(
    "name", ["!!!", "311", "1975", "M", "X", "Nobody", "Ava", "+/-", "∆", "Кино"]
)
def test_a_name_of_somebody(name: str) -> None:
    assert not is_nobody(name)
