"""Names spelt wrongly: slips that are found among known artists, and what is nobody's name."""

from collections.abc import Iterator
from typing import Any

import pytest

from melscribe_core.request.joint_names import parts
from melscribe_core.request.names import fold, gather
from melscribe_core.request.near_names import misspelt
from melscribe_core.request.spelling import sound_of, sounds_of
from tests.support.paths import REQUESTS

TABLE = REQUESTS / "names" / "slips.tsv"
ARTISTS = """
Ed Sheeran; Adele; Billie Eilish; Weezer; Justin Bieber; Drake; Rihanna; Céline Dion; Coldplay;
Metallica; Nirvana; Britney Spears; Ariana Grande; Bruno Mars; Kanye West; Beyoncé; Shakira;
Eminem; Lana Del Rey; Arctic Monkeys; Led Zeppelin; Jimi Hendrix; Stevie Wonder; Taylor Swift;
The Beatles; The Rolling Stones; Pink Floyd; Queen; David Bowie; Fleetwood Mac; Radiohead; U2;
Bob Dylan; Bob Marley & The Wailers; Johnny Cash; Elvis Presley; Michael Jackson; Madonna;
Prince; Whitney Houston; Mariah Carey; Lady Gaga; Katy Perry; Dua Lipa; The Weeknd; Post Malone;
Kendrick Lamar; Travis Scott; Nicki Minaj; Cardi B; Megan Thee Stallion; Doja Cat; Olivia
Rodrigo; Harry Styles; Shawn Mendes; Camila Cabello; Selena Gomez; Miley Cyrus; Demi Lovato;
Jonas Brothers; One Direction; Maroon 5; OneRepublic; Imagine Dragons; Twenty One Pilots; Fall
Out Boy; Panic! at the Disco; My Chemical Romance; Green Day; blink-182; Linkin Park;
Evanescence; Nickelback; Creed; Foo Fighters; Pearl Jam; Soundgarden; Alice in Chains; Stone
Temple Pilots; Red Hot Chili Peppers; Rage Against the Machine; System of a Down; Korn;
Slipknot; Limp Bizkit; Deftones; Tool; Iron Maiden; Black Sabbath; Judas Priest; Megadeth;
Slayer; Anthrax; Pantera; AC/DC; Guns N' Roses; Aerosmith; Bon Jovi; Def Leppard; Mötley Crüe;
Van Halen; Kiss; Scorpions; Motörhead; Deep Purple; Rush; Yes; Genesis; King Crimson; Jethro
Tull; Emerson, Lake & Palmer; Supertramp; The Doors; The Who; The Kinks; Cream; Creedence
Clearwater Revival; Lynyrd Skynyrd; The Allman Brothers Band; ZZ Top; Tom Petty & The
Heartbreakers; Bruce Springsteen; Billy Joel; Elton John; Rod Stewart; Phil Collins; Peter
Gabriel; Sting; The Police; Duran Duran; Depeche Mode; The Cure; The Smiths; New Order; Joy
Division; Tears for Fears; Eurythmics; a-ha; Pet Shop Boys; Erasure; Simple Minds; INXS; R.E.M.;
Talking Heads; Blondie; Ramones; Sex Pistols; The Clash; Buzzcocks; Iggy Pop; Lou Reed; The
Velvet Underground; Patti Smith; Leonard Cohen; Joni Mitchell; Neil Young; Nick Drake; Cat
Stevens; James Taylor; Carole King; Simon & Garfunkel; Van Morrison; Tom Waits; Nick Cave & the
Bad Seeds; PJ Harvey; Björk; Sigur Rós; Portishead; Massive Attack; Tricky; Moby; Daft Punk; The
Chemical Brothers; The Prodigy; Fatboy Slim; Underworld; Aphex Twin; Boards of Canada;
Kraftwerk; Tangerine Dream; Jean-Michel Jarre; Vangelis; Brian Eno; Enya; Loreena McKennitt;
Sade; Norah Jones; Amy Winehouse; Duffy; Alicia Keys; Erykah Badu; Lauryn Hill; Mary J. Blige;
D'Angelo; Usher; John Legend; Pharrell Williams; OutKast; Jay-Z; Nas; The Notorious B.I.G.;
2Pac; Snoop Dogg; Dr. Dre; Ice Cube; N.W.A; Wu-Tang Clan; A Tribe Called Quest; De La Soul;
Beastie Boys; Run-D.M.C.; Public Enemy; Cypress Hill; 50 Cent; Lil Wayne; J. Cole; Tyler, The
Creator; Frank Ocean; Childish Gambino; Mac Miller; Chance the Rapper; Miles Davis; John
Coltrane; Thelonious Monk; Charlie Parker; Dizzy Gillespie; Duke Ellington; Louis Armstrong;
Ella Fitzgerald; Billie Holiday; Nina Simone; Sarah Vaughan; Frank Sinatra; Dean Martin; Nat
King Cole; Tony Bennett; Ray Charles; Aretha Franklin; Otis Redding; Sam Cooke; Marvin Gaye; Al
Green; James Brown; Curtis Mayfield; Isaac Hayes; Earth, Wind & Fire; Kool & The Gang; ABBA; Bee
Gees; Boney M.; Donna Summer; Gloria Gaynor; Dolly Parton; Willie Nelson; Hank Williams; Patsy
Cline; Garth Brooks; Shania Twain; Chris Stapleton; Kacey Musgraves; Luke Combs; Zac Brown Band;
Mumford & Sons; The Lumineers; Of Monsters and Men; Vance Joy; Hozier; Passenger; Bon Iver;
Fleet Foxes; Sufjan Stevens; Iron & Wine; José González; Ben Howard; Florence + the Machine;
London Grammar; alt-J; Tame Impala; MGMT; Vampire Weekend; The Strokes; The Killers; Franz
Ferdinand; Bloc Party; Kaiser Chiefs; Interpol; Arcade Fire; The National; Wilco; Beck; Pixies;
Sonic Youth; Dinosaur Jr.; Pavement; Oasis; Blur; Pulp; Suede; The Verve; Travis; Keane; Snow
Patrol; Muse; Placebo; Gorillaz; Avicii; Calvin Harris; David Guetta; Tiësto; deadmau5;
Skrillex; Marshmello; Zedd; Kygo; Flume; Disclosure; Santana; Gipsy Kings; Buena Vista Social
Club; Manu Chao; Juanes; Rosalía; Bad Bunny; J Balvin; Daddy Yankee; Ludwig van Beethoven;
Wolfgang Amadeus Mozart; Johann Sebastian Bach; Frédéric Chopin; Claude Debussy; Pyotr Ilyich
Tchaikovsky; Antonio Vivaldi; Erik Satie; Philip Glass; Ludovico Einaudi; Max Richter; Hans
Zimmer; Ennio Morricone; Fela Kuti; Youssou N'Dour; Tinariwen; Rammstein; Die Toten Hosen; Édith
Piaf; Serge Gainsbourg; Stromae; Måneskin; Sia; Lorde; Kylie Minogue; Robyn; Röyksopp; Ed
Harcourt; Alice Cooper; Nick Lowe
"""
NAMES = [" ".join(name.split()) for name in ARTISTS.split(";")]
KNOWN = gather("artist", [(at, part) for at, n in enumerate(NAMES) for part in (n, *parts(n))])


def rows() -> Iterator[Any]:
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            said, meant, *limit = line.split("\t")
            marks = [pytest.mark.xfail(strict=True)] if limit else []
            yield pytest.param(said, meant, id=said, marks=marks)


@pytest.mark.parametrize(("said", "meant"), list(rows()))
def test_a_slip_is_who_was_meant(said: str, meant: str) -> None:
    found = misspelt(said, KNOWN)
    assert (NAMES[found.tracks[0]] if found else "-") == meant
    assert found is None or (found.said, found.close) == (said, True)


def test_a_misspelt_surname_is_all_who_have_it() -> None:
    coltranes = gather("artist", [(1, "John Coltrane"), (2, "Alice Coltrane"), (3, "John Cale")])
    found = misspelt("Coltraine", coltranes)
    assert found is not None
    assert (found.said, found.name) == ("Coltraine", "Alice Coltrane; John Coltrane")
    assert found.tracks == (1, 2)


def test_a_joint_name_is_no_rival_of_its_part() -> None:
    names = "Bob Marley & The Wailers", "Bob Marley", "Lauryn Hill, Bob Marley"
    found = misspelt("Bob Marly", gather("artist", enumerate(names)))
    assert found is not None
    assert found.name == "Bob Marley"


def test_one_of_two_equally_near_is_not_chosen() -> None:
    assert (
        misspelt("Jonny Hardan", gather("artist", [(1, "Jonny Harden"), (2, "Jonny Hardon")]))
        is None
    )


def test_a_well_known_act_is_no_slip_of_another() -> None:
    assert misspelt("Johnny Marr", gather("artist", [(1, "John Mayer")])) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jimi Hendrix", "jimmy hendricks"),
        ("Pharrell", "farrell"),
        ("Tchaikovsky", "chaikovsky"),
        ("Lynyrd Skynyrd", "leonard skinnerd"),
        ("Weezer", "wheezer"),
        ("Céline", "Selene"),
        ("Wretch", "retch"),
        ("Knopfler", "nopfler"),
        ("Xavier", "Zavier"),
    ],
)
def test_what_sounds_alike(one: str, other: str) -> None:
    assert sound_of(fold(one)) == sound_of(fold(other))


def test_too_little_sound_is_none() -> None:
    assert sounds_of("") == sounds_of("aha") == sounds_of("кино") == (0, 0)
    assert sounds_of("adele")[0] != 0
    assert sounds_of("adele")[1] == 0
    assert sounds_of("big adele")[1] == sounds_of("adele")[0]
