"""The reader of TensorFlow's checkpoints against a writer that follows the same documents."""

from __future__ import annotations

import numpy as np
import pytest

from melscribe_core.errors import MelScribeError
from melscribe_trainer.hearing.checkpoint import crc32c, masked, read_checkpoint
from tests.trainer.hearing.checkpoints import (
    ONE_FILE_LITTLE_ENDIAN,
    block,
    checkpoint,
    entry,
    field,
    sealed,
    stored_checksum,
    table,
    varint,
    various,
)


def message(index: bytes, data: bytes = b"") -> str:
    with pytest.raises(MelScribeError) as caught:
        read_checkpoint(index, data, "of a test")
    return str(caught.value)


def single(described: bytes) -> bytes:
    return table([(b"", ONE_FILE_LITTLE_ENDIAN), (b"x", described)], 5)


def test_checksums_are_those_of_the_standard() -> None:
    # The check value that catalogues of checksums give for CRC-32C (RFC 3720 names its parameters).
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(b"") == 0


def test_stored_checksums_are_rotated_and_shifted() -> None:
    # Bit 0 rotated right by 15 is bit 17: 0x20000 + 0xA282EAD8; the sum keeps 32 bits.
    assert masked(0) == 0xA282EAD8
    assert masked(1) == 0xA284EAD8
    assert masked(0xFFFFFFFF) == 0xA282EAD7


@pytest.mark.parametrize("per_block", [1, 2, 5, 100])
def test_variables_come_back_as_they_were_written(per_block: int) -> None:
    written = various()

    found = read_checkpoint(*checkpoint(written, per_block=per_block), "of a test")

    assert list(found) == sorted(written)
    for name, value in written.items():
        assert found[name].dtype == value.dtype
        assert found[name].shape == value.shape
        np.testing.assert_array_equal(found[name], value)


def test_a_long_name_takes_two_bytes_for_its_length() -> None:
    written = {"a" * 300: np.ones(2, np.float32), "a" * 301: np.zeros(200, np.float32)}

    found = read_checkpoint(*checkpoint(written), "of a test")

    assert [value.shape for value in found.values()] == [(2,), (200,)]


def test_each_changed_byte_of_an_index_is_noticed() -> None:
    index, data = checkpoint(various())
    # The last block before the footer is the block of blocks; the one before it, empty and with
    # nothing that is needed, is not read.
    unread = sealed(block([]))
    at = index.index(unread)
    footer = len(index) - 48
    places = {*range(footer), *range(len(index) - 8, len(index))} - {*range(at, at + len(unread))}

    for place in sorted(places):
        damaged = bytearray(index)
        damaged[place] ^= 0x10
        assert message(bytes(damaged), data).startswith("The checkpoint of a test cannot be read: ")


def test_each_changed_byte_of_the_data_is_noticed() -> None:
    index, data = checkpoint(various())

    for place in range(len(data)):
        damaged = bytearray(data)
        damaged[place] ^= 1
        text = message(index, bytes(damaged))
        assert "the checksum of its variable " in text
        assert text.endswith(" is wrong; download it again.")


def test_a_footer_that_points_beyond_the_end_is_refused() -> None:
    index, data = checkpoint(various())
    footer = varint(0) + varint(8) + varint(2**40) + varint(99)

    damaged = index[:-48] + footer.ljust(40, b"\0") + index[-8:]
    assert "its index is cut short; download it again" in message(damaged, data)


def test_a_place_that_does_not_end_is_refused() -> None:
    blocks = block([(b"x", b"\xff")])  # a number of which more is to come
    footer = varint(0) + varint(0) + varint(0) + varint(len(blocks))
    index = sealed(blocks) + footer.ljust(40, b"\0") + checkpoint({})[0][-8:]

    assert "its index is damaged or of another format; download" in message(index)


def test_a_cut_index_is_refused() -> None:
    index, data = checkpoint(various())

    for size in (0, 10, len(index) - 1):
        text = "The checkpoint of a test cannot be read: its index does not end in the magic number"
        assert message(index[:size], data) == f"{text} of a table; download it again."


def test_cut_data_is_refused_with_the_variable() -> None:
    index, data = checkpoint(various())

    assert "its data is cut short in the variable \u00e9t\u00e9; download" in message(
        index, data[:-1]
    )


def test_a_size_that_does_not_fit_the_shape_is_refused() -> None:
    assert "cut short in the variable x;" in message(single(entry(1, (2,), 0, b"abcd")), b"abcd")


def test_a_compressed_block_is_refused() -> None:
    content = block([(b"", ONE_FILE_LITTLE_ENDIAN)])
    index, _ = checkpoint({}, per_block=1)
    compressed = sealed(content, kind=1) + index[len(content) + 5 :]

    assert len(compressed) == len(index)
    assert message(compressed) == (
        "The checkpoint of a test cannot be read: a block of its index is compressed; only"
        " uncompressed ones are read."
    )


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (b"\x08\x02", "it has 2 data files; only one is read"),
        (b"\x08\x01\x10\x01", "its numbers are big-endian; only little-endian ones are read"),
        (b"\x08", "its index is damaged or of another format"),
        (b"\x0b", "its index is damaged or of another format"),  # a kind of field that went away
        (b"\x1a\x05ab", "its index is damaged or of another format"),  # five bytes, two are there
    ],
)
def test_other_headers_are_refused(header: bytes, reason: str) -> None:
    assert reason in message(checkpoint({}, header=header)[0])


def test_fields_that_are_not_needed_are_passed_over() -> None:
    # Field 3, a message: the version. Fields 14 and 15, 64 and 32 bits: of a later format.
    header = (
        ONE_FILE_LITTLE_ENDIAN + field(3, field(1, 1)) + b"\x71" + bytes(8) + b"\x7d" + bytes(4)
    )

    assert read_checkpoint(*checkpoint({}, header=header), "of a test") == {}


def test_an_index_without_a_header_is_refused() -> None:
    assert "damaged or of another format" in message(table([(b"x", entry(1, (), 0, b"abcd"))], 5))


def test_another_dtype_is_refused() -> None:
    text = message(single(entry(7, (), 0, b"text")), b"text")  # 7: strings

    assert "its variable x has the dtype 7; only 1, 2, 3, 4, 5, 6, 9, 10, 19 are read" in text


def test_a_variable_in_parts_is_refused() -> None:
    whole = entry(1, (), 0, b"abcd")
    for part in (field(3, 1), field(7, b"")):  # in the second data file; with slices
        assert "its variable x is in several parts; only" in message(single(whole + part), b"abcd")


def test_the_checksum_is_that_of_the_reader() -> None:
    assert stored_checksum(b"abc") == masked(crc32c(b"abc")).to_bytes(4, "little")
