"""A made-up library with tricky names and odd tags, for tests/data/requests/library/kinds.tsv."""

from __future__ import annotations

from typing import Any

# A line: artist | title | album | year | genres | moods | further fields; lists have commas.
_TRACKS = """
The Lanterns | Amber | Plain Rooms | 1994 | rock | |
The Lanterns | Anvil | Plain Rooms | 1995 | rock, metal | |
The Lanterns | Arrow | Plain Rooms | 1994 | rock, ballad | sad |
The Lanterns | Aspen | Plain Rooms | 1997 | rock | happy |
The Lanterns | Auburn | Plain Rooms | 1997 | rock | energetic |
Odd Vessel | Bracken | Furnace | 1988 | metal | aggressive |
Odd Vessel | Brine | Furnace | 1988 | death metal | aggressive, dark |
Gravel Road | Cinder | Long Haul | 2003 | rock, blues | |
Gravel Road | Clay | Long Haul | 2003 | hard rock | energetic |
Gravel Road | Clover | Long Haul | 2004 | blues | sad |
Tin Parlour | Varnish | Shed | 2012 | rock | Not sad |
Big Hair | Willow | Mirror Ball | 1986 | power ballad, rock | romantic |
Late Comers | Wren | Reprise | 2011 | power ballad, rock | romantic |
Cow Herd | Jazz for Cows | Pasture | 2006 | rock | |
Kiln Works | Dust | Oven | 2014 | techno | dark | bpm=135
Kiln Works | Ember | Oven | 2014 | techno, house | energetic | bpm=128
Iron Yard | Dowel | Depot | 2018 | techno | energetic | bpm=138
Marble Arcade | Fathom | Tiles | 2016 | house | happy, energetic | bpm=124
Marble Arcade | Fern | Tiles | 2016 | deep house, house | relaxing | bpm=118
Terrace Club | Fennel | Parasol | 2019 | house | calm | bpm=60
Terrace Club | Vetch | Parasol | 2019 | house | Non danceable |
Rotor | Flint | Press | 1996 | gabber | aggressive | bpm=190
Steppa Clan | Garnet | Under | 2010 | dubstep | dark |
Steppa Clan | Gauze | Under | 2010 | drum and bass, dubstep | dark |
Liquid Pilot | Glade | Stream | 2008 | drum and bass | energetic | bpm=174
Liquid Pilot | Gorse | Stream | 2008 | drum and bass | calm | bpm=172
Nightbus | Gully | Tarmac | 2021 | phonk | dark |
Tomb Cellar | Hazel | Vault | 2017 | dungeon synth | dark |
Quiet Signal | Heron | Still | 2015 | ambient, meditation | relaxing |
Quiet Signal | Husk | Still | 2015 | ambient, instrumental | relaxing, calm |
Far Pier | Hyssop | Slack Tide | 2013 | ambient, female vocals | calm |
Far Pier | Wicker | Slack Tide | 2013 | ambient | Without Drums |
Soft Static | Inlet | Desk | 2020 | lo-fi, hip hop, instrumental | relaxing |
Soft Static | Iris | Desk | 2020 | lo-fi | calm |
Neon Quay | Ivory | Grid | 1984 | synthpop | melancholic |
Neon Quay | Ingot | Grid | 2009 | synthpop | happy |
Slow Harbour | Jade | Fog | 1998 | trip hop, female vocals | melancholic |
Slow Harbour | Jetty | Fog | 1998 | trip hop, instrumental | melancholic |
Apex | Juniper | Summit | 2001 | trance | energetic | bpm=175
Apex | Kelp | Summit | 2001 | trance | energetic | bpm=108
Della Marsh | Kite | Evening | 1972 | soul | romantic |
Della Marsh | Lagoon | Evening | 1972 | soul, r&b | romantic |
Otis Brill | Kindling | Corner | 1968 | soul | happy |
Ray Colton | Larch | Avenue | 1997 | r&b | |
Ray Colton | Loom | Avenue | 1997 | r&b | energetic |
Hilltop Choir | Lattice | Chapel | 2005 | choir | uplifting |
Mara Voss | Linden | Attic | 2012 | singer-songwriter | sad, depressing |
Mara Voss | Loam | Attic | 2012 | singer-songwriter | sad |
Mara Voss | Lupin | Attic | 2013 | singer-songwriter | happy |
Ines Okoro | Mallow | Sill | 2014 | singer-songwriter | sad, depressing |
Elise Tarn | Marrow | Keys | 2010 | piano, classical | sad |
Elise Tarn | Meadow | Keys | 2010 | piano | calm |
Elise Tarn | Moth | Keys | 2011 | piano, jazz | romantic |
Bobby Blaze | Nectar | Tinsel | 1999 | pop, love songs | cheesy, romantic |
Bobby Blaze | Nettle | Tinsel | 1999 | pop | cheesy, cheerful |
Sunny Side | Oat | Garden | 2016 | pop | happy, cheerful |
Sunny Side | Ochre | Garden | 2016 | indie pop | cheerful |
Blue Room Trio | Opal | Cellar | 1964 | jazz, piano | relaxing |
Blue Room Trio | Otter | Cellar | 1959 | jazz, saxophone | |
Lena Ford | Pansy | Ballroom | 1958 | vocal jazz, female vocals | romantic | \
arrangers=Nelson Riddle
Old Mill | Pebble | Barn | 2007 | folk, acoustic guitar | calm |
Old Mill | Pewter | Barn | 2007 | folk, male vocals | sad |
Hay Cart | Walnut | Acre | 1999 | folk | No Vocals |
Dusty Boots | Quill | Prairie | 2002 | country | happy |
Dusty Boots | Quince | Prairie | 2002 | country, ballad | sad, heartbreak |
Kingston Seven | Raffia | Pier Road | 1976 | reggae | relaxing |
Kingston Seven | Reed | Pier Road | 1977 | dub, reggae | |
Echo Room | Resin | Spring Tank | 1979 | dub | |
Snowmen | Rowan | Sleigh | 1995 | christmas, pop | happy |
Radio Hour | Sable | Desk Talk | 2018 | interview | calm |
Radio Hour | Sedge | Desk Talk | 2018 | spoken word | calm |
Story Shelf | Shale | Page One | 2011 | audiobook | calm |
Story Shelf | Slate | Page One | 2011 | hörspiel | calm |
Joe Quip | Sorrel | Punchline | 2017 | stand-up | happy |
Tape Crew | Sumac | Backing | 2004 | karaoke, pop | happy |
DJ Pallas | Tansy | Saturday | 2015 | dj set, house | energetic |
DJ Pallas | Teal | Saturday | 2015 | mixtape, hip hop | energetic |
Alpenkapelle | Thistle | Heimat | 1985 | volksmusik | happy |
Stage Door Cast | Thyme | Curtain | 1960 | show tunes, musical | cheerful |
Klez Quartet | Topaz | Wedding | 2001 | klezmer | happy |
Seoul Five | Tulip | Neon | 2019 | k-pop, pop | energetic |
Kinder Club | Umber | Sandbox | 2003 | children's music | happy |
Grey Suit | Vesper | Lapel | 2005 | pop | Not happy |
Porch Five | Verge | Balcony | 2009 | funk | party |
Stern Men | Viola | Ledger | 2009 | funk | Not party |
Nobu Ito | Dragon Cavern | Crystal Fortress OST | 1998 | video game music | |
Nobu Ito | Harbour Theme | Crystal Fortress OST | 1998 | video game music | calm |
AC/DC | Voltage Drop | Low Fuse | 1979 | hard rock | energetic |
R.E.M. | Low Orchard | Moss | 1991 | alternative rock | melancholic |
Simon & Garfunkel | Paper Boats | Ferry | 1967 | folk | calm |
Earth, Wind & Fire | Sugar Parade | Comet | 1978 | funk, disco | happy |
Chic Hotel | Zinnia | Lobby | 1979 | disco | happy |
Motörhead | Iron Ferry | Rivet | 1983 | heavy metal | aggressive |
Sigur Rós | Hvítur | Snjór | 2002 | post-rock | calm |
Beyoncé | Gold Hour | Queen Bee | 2011 | r&b, pop | romantic |
P!nk | Loud Hallway | Paint | 2003 | pop | energetic |
JAY-Z | Corner Store | Brooklyn | 1999 | hip hop | |
Run‐D.M.C. | Sidewalk Chalk | Hollis | 1986 | hip hop | energetic |
Sinéad O’Connor | Grey Harbour | Lamb | 1990 | singer-songwriter, female vocals | sad |
Florence + the Machine | Bell Tower | Lung | 2009 | indie pop, female vocals | |
The The | Second Thought | Soul Mine | 1986 | new wave | |
Can | Long Corridor | Tago | 1971 | krautrock | |
Love | Orange Gate | Forever | 1967 | psychedelic rock | |
No Doubt | Tin Ladder | Kingdom | 1996 | new wave, pop | energetic |
blink-182 | Skate Lot | Enema | 1999 | pop punk | energetic |
D'Angelo | Velvet Stairs | Sugar | 2000 | neo soul | romantic |
Nina Simone | Copper Rain | Harlem | 1965 | vocal jazz, soul | melancholic |
Leonard Cohen | Winter Coat | Rooming House | 1971 | folk, male vocals | melancholic |
John Coltrane | Blue Ladder | Giant | 1960 | jazz, saxophone | |
Alice Coltrane | Harp Window | Lotus | 1971 | spiritual jazz, harp | calm |
Anton Brook | Keyboard Piece | Keyboard | 1981 | classical, piano | calm | \
composers=Domenico Scarlatti
Anton Brook | Parlour Study | Keyboard | 1981 | classical, piano | sad | composers=Erik Satie
Halden Orchestra | New Shore | Concert Hall | 1992 | classical, orchestral | | \
composers=Antonín Dvořák
Halden Orchestra | Spring Field | Concert Hall | 1992 | classical, violin | happy | \
composers=Antonio Vivaldi
"""

ALIASES = {"kz": "klezmer", "bus beats": "phonk"}


def tracks() -> list[dict[str, Any]]:
    """Return the fields of each track, as `Home.add` takes them."""
    return [_track(line) for line in _TRACKS.strip().splitlines()]


def _track(line: str) -> dict[str, Any]:
    artist, title, album, year, genres, mood, more = (part.strip() for part in line.split("|"))
    found: dict[str, Any] = {"artist": artist, "title": title, "album": album, "year": int(year)}
    found |= {"length": 200.0, "genres": genres.split(", ")}
    found |= {"mood": mood} if mood else {}
    for name, _, value in (part.partition("=") for part in more.split(", ") if part):
        found[name] = int(value) if name == "bpm" else [value]
    return found
