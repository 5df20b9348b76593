"""The catalogue on real SQLite files: plan, apply, vectors, words."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from melscribe_core.catalogue.catalogue import Catalogue, open_catalogue
from melscribe_core.catalogue.embedding import embed_pending
from melscribe_core.catalogue.file_tags import File, FileStamp
from melscribe_core.catalogue.neighbours import Neighbours
from melscribe_core.catalogue.tracks import Description, Loan, Row
from melscribe_core.errors import CatalogueError, DamagedCatalogueError
from tests.support.fakes import WordAxes


def present(**texts: str) -> list[Row]:
    """Return tracks by id ("t7") and text, in ascending order."""
    return [
        Row(int(name[1:]), Description(text, ("genres",)))
        for name, text in sorted(texts.items(), key=lambda pair: int(pair[0][1:]))
    ]


def write(catalogue: Catalogue, **texts: str) -> None:
    catalogue.tracks.apply(catalogue.tracks.plan(present(**texts)))


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return open_catalogue(tmp_path / "library.db.melscribe")


def test_a_plan_changes_nothing(catalogue: Catalogue) -> None:
    plan = catalogue.tracks.plan(present(t1="folk", t2=""))
    assert [row.track for row in plan.new] == [1, 2]
    assert catalogue.counts().tracks == 0


def test_what_is_new_changed_gone_and_the_same(catalogue: Catalogue) -> None:
    write(catalogue, t1="folk", t2="folk, sad", t3="jazz", t10="pop")
    plan = catalogue.tracks.plan(present(t2="folk, sad", t3="jazz, slow", t4="soul", t10="pop"))
    assert [row.track for row in plan.new] == [4]
    assert [row.track for row in plan.changed] == [3]
    assert plan.gone == [1]
    assert plan.same == 2


def test_another_name_or_field_with_the_same_text_is_no_change(catalogue: Catalogue) -> None:
    write(catalogue, t1="folk", t2="folk", t3="folk")
    revision = catalogue.revision
    rows = [
        Row(1, Description("folk", ("style",))),
        Row(2, Description("folk", ("genres",), "Pink Moon")),
        Row(3, Description("folk", ("genres",))),
    ]
    plan = catalogue.tracks.plan(rows)
    assert [row.track for row in plan.renamed] == [1, 2]
    assert not plan.changed
    assert plan.same == 1
    catalogue.tracks.apply(plan)
    assert catalogue.revision == revision  # no text and no vector moved
    assert catalogue.tracks.plan(rows).is_empty


def test_with_only_nothing_else_is_gone(catalogue: Catalogue) -> None:
    write(catalogue, t1="folk", t2="jazz", t3="pop")
    plan = catalogue.tracks.plan([], only={2})
    assert plan.gone == [2]


def test_the_texts_of_all_or_of_some_tracks(catalogue: Catalogue) -> None:
    write(catalogue, t1="folk", t2="", t3="jazz")
    assert catalogue.tracks.described() == [(1, "folk"), (2, ""), (3, "jazz")]
    assert catalogue.tracks.described({3, 2, 9}) == [(2, ""), (3, "jazz")]
    assert catalogue.tracks.described(()) == []


def test_distinct_texts_are_stored_once_and_dropped_with_their_last_track(
    catalogue: Catalogue,
) -> None:
    write(catalogue, t1="folk, sad", t2="folk, sad", t3="")
    assert (catalogue.counts().tracks, catalogue.counts().bare, catalogue.counts().texts) == (
        3,
        1,
        1,
    )
    write(catalogue, t2="folk, sad", t3="")
    assert catalogue.counts().texts == 1
    write(catalogue, t3="")
    assert catalogue.counts().texts == 0
    assert not len(catalogue.words.match('"folk"', 10))


def test_distinct_are_the_texts_with_what_they_are_lent(catalogue: Catalogue) -> None:
    assert catalogue.tracks.distinct() == []
    write(catalogue, t1="folk, sad", t2="folk, sad", t3="jazz", t4="", t5="jazz")
    catalogue.tracks.lend([Loan(5, "jazz", "artist jazz")])
    found = catalogue.tracks.distinct()
    # The same text is another one where it is lent; the track without descriptors has none.
    assert [row[1:] for row in found] == [("folk, sad", ""), ("jazz", ""), ("jazz", "artist jazz")]
    assert [row[0] for row in found] == sorted({row[0] for row in found})
    for track, (text, *_) in zip((1, 3, 5), found, strict=True):
        assert catalogue.tracks.texts_of([track]).tolist() == [text]
    write(catalogue, t3="jazz")
    assert [row[1:] for row in catalogue.tracks.distinct()] == [("jazz", "")]


def test_vectors_are_made_for_texts_and_for_single_descriptors(catalogue: Catalogue) -> None:
    write(catalogue, t1="folk, sad", t2="folk, sad", t3="folk")
    encoder = WordAxes("folk", "sad")
    catalogue.vectors.adopt(encoder.fingerprint)
    # Two distinct texts ("folk", "folk, sad") and two descriptors ("folk", "sad").
    assert embed_pending(catalogue, encoder, lambda _: None) == 4
    assert embed_pending(catalogue, encoder, lambda _: None) == 0
    ids, vectors = catalogue.vectors.of_texts()
    assert len(ids) == 2
    # "folk, sad" is (1, 1, 0) / sqrt(2) = 0.7071..., kept in half precision.
    assert np.allclose(sorted(vectors[:, 0]), [0.7071, 1.0], atol=1e-3)
    assert np.allclose(catalogue.vectors.of_descriptors(["sad", "unknown"])["sad"], [0, 1, 0])


def test_each_part_is_kept_when_the_next_fails(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("melscribe_core.catalogue.embedding.PART", 2)
    write(catalogue, t1="a", t2="b", t3="c", t4="d", t5="e")
    encoder = WordAxes("a")
    done: list[int] = []

    def stop_after_two_parts(count: int) -> None:
        done.append(count)
        if len(done) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embed_pending(catalogue, encoder, stop_after_two_parts)
    # Five texts and five descriptors wait; two parts of two are stored.
    assert catalogue.counts().pending == 6
    assert embed_pending(catalogue, encoder, lambda _: None) == 6


def test_another_encoder_makes_all_vectors_pending(catalogue: Catalogue) -> None:
    write(catalogue, t1="folk")
    first, second = WordAxes("folk"), WordAxes("folk", "sad")
    assert catalogue.vectors.adopt(first.fingerprint) is False
    embed_pending(catalogue, first, lambda _: None)
    assert catalogue.vectors.adopt(first.fingerprint) is False
    assert catalogue.counts().pending == 0
    assert catalogue.vectors.adopt(second.fingerprint) is True
    assert catalogue.counts().pending == 2


def test_words_find_texts_and_count_them(catalogue: Catalogue) -> None:
    write(catalogue, t1="folk, sad", t2="folk", t3="jazz", t4="SÃO paulo")
    texts = catalogue.tracks.texts(catalogue.words.match('"folk" OR "sad"', 10))
    assert set(texts.values()) == {"folk, sad", "folk"}
    assert catalogue.words.frequency(["folk", "jazz", "polka"]) == {"folk": 2, "jazz": 1}
    assert len(catalogue.words.match('"sao"', 10)) == 1
    only = catalogue.tracks.texts_of([2])
    assert list(catalogue.words.match('"folk"', 10, only)) == list(only)


def test_a_text_id_is_never_given_twice(catalogue: Catalogue) -> None:
    # The graph knows texts by id: a reused one would carry the old vector.
    write(catalogue, t1="folk", t2="jazz")
    old = set(catalogue.tracks.texts_of([1, 2]))
    write(catalogue, t1="folk")
    write(catalogue, t1="folk", t2="soul")
    assert set(catalogue.tracks.texts_of([2])).isdisjoint(old)


def test_file_tags_are_kept_and_leave_with_their_track(catalogue: Catalogue) -> None:
    write(catalogue, t1="folk", t2="jazz")
    stamps = {1: FileStamp(1, 1.0, 5, 5, False), 2: FileStamp(2, 1.0, 6, 0, True)}
    catalogue.file_tags.store([(stamps[1], {"file:mood": ["Sad"]}), (stamps[2], {})])
    files = [File(track, 1.0, b"a.mp3", 7) for track in (1, 2, 3)]
    assert catalogue.file_tags.stamped(files) == [
        File(1, 1.0, b"a.mp3", 7, 5, 5),
        File(2, 1.0, b"a.mp3", 7, None, 0),  # reading it failed
        files[2],
    ]
    other = File(1, 2.0, b"a.mp3", 7)  # another track of the same id
    assert catalogue.file_tags.stamped([other]) == [other]
    assert catalogue.mirror.due() == [1, 2]
    stored = catalogue.file_tags.stored()
    assert {track: catalogue.file_tags.decoded(tags) for track, tags in stored.items()} == {
        1: {"file:mood": ["Sad"]}
    }
    assert (catalogue.file_tags.stored([1]), catalogue.file_tags.stored([2])) == (stored, {})
    write(catalogue, t2="jazz")
    assert catalogue.file_tags.stamped(files)[0] == files[0]


def test_a_failed_apply_leaves_everything_as_it_was(catalogue: Catalogue) -> None:
    write(catalogue, t1="folk")
    plan = catalogue.tracks.plan(present(t1="folk", t2="jazz"))
    plan.gone = ["not a number", object()]  # type: ignore[list-item]
    with pytest.raises(CatalogueError):
        catalogue.tracks.apply(plan)
    assert catalogue.counts().tracks == 1


@pytest.mark.parametrize("damage", [b"", b"no database at all, but some text" * 100])
def test_a_file_that_is_no_database(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "index"
    path.write_bytes(damage)
    if not damage:
        assert open_catalogue(path).counts().tracks == 0  # an empty file is an empty catalogue
        return
    with pytest.raises(DamagedCatalogueError, match="damaged"):
        open_catalogue(path)


def test_somebody_elses_database_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE precious (x)")
    before = path.read_bytes()
    with pytest.raises(CatalogueError, match="another kind of database"):
        open_catalogue(path)
    assert path.read_bytes() == before


def test_a_compact_file_has_no_gaps_and_the_same_content(catalogue: Catalogue) -> None:
    texts = {f"t{track}": f"folk, style {track}" for track in range(1, 400)}
    write(catalogue, **texts)
    write(catalogue, t1="folk, style 1", t399="folk, style 399")
    before, ids = catalogue.path.stat().st_size, catalogue.tracks.texts_of([1, 399]).tolist()
    catalogue.compact()
    assert catalogue.path.stat().st_size < before
    assert catalogue.tracks.texts_of([1, 399]).tolist() == ids
    assert catalogue.words.match("399", 9).tolist() == ids[1:]


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "index"
    open_catalogue(path).set_meta(format="99")
    with pytest.raises(CatalogueError, match=r"wanted format 7, found format 99"):
        open_catalogue(path)


def test_a_read_only_folder_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="make its folder writable"):
        open_catalogue(tmp_path / "missing" / "index")


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE meta SET value = '1x' WHERE key = 'revision'",
        "UPDATE files SET tags = '{'",
        "UPDATE files SET tags = 7",
        "UPDATE texts SET vector = 'text' WHERE id = 1",
        "UPDATE texts SET vector = 7 WHERE id = 1",
        "UPDATE texts SET vector = x'00ff00' WHERE id = 1",
        "UPDATE packed SET rows = 'text'",
        "UPDATE packed SET rows = 7",
        "UPDATE packed SET rows = x'00ff'",
    ],
)
def test_values_of_another_kind_are_damage(catalogue: Catalogue, damage: str) -> None:
    """What SQLite itself finds nothing wrong with, where no seal tells."""
    write(catalogue, t1="folk, sad", t2="jazz")
    catalogue.file_tags.store([(FileStamp(1, 1.0, 5, 5, False), {"file:mood": ["Sad"]})])
    encoder = WordAxes("folk", "sad", "jazz")
    embed_pending(catalogue, encoder, lambda _: None)
    catalogue.vectors.pack()
    with sqlite3.connect(catalogue.path) as db:
        db.execute(damage)

    def read() -> None:
        assert catalogue.revision
        for tags in catalogue.file_tags.stored().values():
            catalogue.file_tags.decoded(tags)
        catalogue.vectors.of_texts()
        near = Neighbours(catalogue, encoder.fingerprint, encoder.dim)
        near.near(encoder.encode(["folk"])[0], 2)

    with pytest.raises(DamagedCatalogueError, match="is damaged"):
        read()
