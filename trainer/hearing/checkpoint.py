"""Read TensorFlow's checkpoints (format V2, "tensor bundles") without TensorFlow.

A checkpoint is an index and a data file. The index is a sorted table as LevelDB writes it: blocks
of entries whose keys leave out what they share with the key before, each block with a checksum, and
a footer that says where the block of blocks is. The entry with the empty key describes the bundle,
each other one a variable: its dtype, its shape and where in the data file it is. Source:
tensorflow/core/util/tensor_bundle, tensorflow/core/protobuf/tensor_bundle.proto, and
doc/table_format.md of LevelDB.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from melscribe_core.errors import MelScribeError

FOOTER = 48  # bytes: two handles, padded to 40, and the magic number
MAGIC = 0xDB4775248B80FB57  # of LevelDB's tables
TRAILER = 5  # bytes after a block: its kind of compression and its checksum
CASTAGNOLI = 0x82F63B78  # the polynomial of crc32c, bits reversed
MASK = 0xA282EAD8  # added by LevelDB to the rotated checksum of what may hold checksums itself

# Kinds of protobuf fields.
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5

# Enum DataType of tensorflow/core/framework/types.proto, as far as these nets and their training
# state use it.
DTYPES = {1: "<f4", 2: "<f8", 3: "<i4", 4: "u1", 5: "<i2", 6: "i1", 9: "<i8", 10: "?", 19: "<f2"}

KNOWN = ", ".join(map(str, DTYPES))

Variables = dict[str, npt.NDArray[Any]]
Fields = dict[int, list[Any]]


class Place(NamedTuple):
    """Where the bytes of one variable are, and how to read them: BundleEntryProto."""

    dtype: int
    shape: tuple[int, ...]
    shard: int
    offset: int
    size: int
    checksum: int
    slices: int


class RefusedError(Exception):
    """Damage, or what is not read here: the second half of a sentence about the checkpoint."""


def read_checkpoint(index: bytes, data: bytes, source: str) -> Variables:
    """Return all variables of a checkpoint by name, from the contents of its two files.

    `source` names it in messages. Raises MelScribeError, one sentence, for damage and for what is
    not read here: compressed blocks, more than one data file, big-endian numbers, variables in
    several parts and other dtypes.
    """
    try:
        places = _places(index)
        return {name: _variable(name, place, data) for name, place in places.items()}
    except RefusedError as refused:
        raise MelScribeError(f"The checkpoint {source} cannot be read: {refused}.") from refused


def crc32c(content: bytes) -> int:
    """Return the checksum CRC-32C of `content`."""
    crc = 0xFFFFFFFF
    for byte in content:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def masked(checksum: int) -> int:
    """Return a checksum as it is stored: rotated right by 15 bits, plus MASK."""
    rotated = (checksum >> 15 | checksum << 17) & 0xFFFFFFFF
    return (rotated + MASK) & 0xFFFFFFFF


def _places(index: bytes) -> dict[str, Place]:
    """Return where each variable is, by name."""
    try:
        entries = dict(_entries(index))
        _check_header(_fields(entries.pop(b"")))
        return {name.decode(): _place(_fields(entry)) for name, entry in entries.items()}
    except (IndexError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise _damaged("its index is damaged or of another format") from error


def _entries(index: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield key and value of each entry of a table, in the order of keys."""
    if len(index) < FOOTER or int.from_bytes(index[-8:], "little") != MAGIC:
        raise _damaged("its index does not end in the magic number of a table")
    at = len(index) - FOOTER
    _, at = _handle(index, at)  # of a block about blocks, which is empty here
    place, _ = _handle(index, at)
    for _, handle in _block(index, *place):
        inside, _ = _handle(handle, 0)
        yield from _block(index, *inside)


def _block(index: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield key and value of each entry of one block."""
    end = offset + size
    content = _checked_block(index[offset : end + TRAILER], size)
    restarts = int.from_bytes(content[-4:], "little")
    stop = size - 4 * (restarts + 1)  # the places of unshortened keys follow, which are for seeking
    at, key = 0, b""
    while at < stop:
        shared, at = _varint(content, at)
        own, at = _varint(content, at)
        length, at = _varint(content, at)
        key = key[:shared] + content[at : at + own]
        at += own + length
        yield key, content[at - length : at]


def _checked_block(block: bytes, size: int) -> bytes:
    """Return the content of a block, without its trailer."""
    if len(block) != size + TRAILER or size < 4:
        raise _damaged("its index is cut short")
    if masked(crc32c(block[: size + 1])) != int.from_bytes(block[size + 1 :], "little"):
        raise _damaged("the checksum of a block of its index is wrong")
    if block[size] != 0:
        raise RefusedError("a block of its index is compressed; only uncompressed ones are read")
    return block[:size]


def _handle(content: bytes, at: int) -> tuple[tuple[int, int], int]:
    """Return offset and size of a block, and where the handle ends."""
    offset, at = _varint(content, at)
    size, at = _varint(content, at)
    return (offset, size), at


def _varint(content: bytes, at: int) -> tuple[int, int]:
    """Return an integer of seven bits a byte, the lowest first, and where it ends."""
    value = shift = 0
    while True:
        byte = content[at]
        value |= (byte & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if byte < 0x80:
            return value, at


def _fields(message: bytes) -> Fields:
    """Return the values of a protobuf message by field number, in order."""
    fields: Fields = {}
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        value: int | bytes
        if tag & 7 == VARINT:
            value, at = _varint(message, at)
        else:
            size, at = _length(message, at, tag & 7)
            value, at = message[at : at + size], at + size
            if len(value) != size:
                raise ValueError("a message is cut short")
        fields.setdefault(tag >> 3, []).append(value)
    return fields


def _length(message: bytes, at: int, kind: int) -> tuple[int, int]:
    """Return the number of bytes of a field's value, and where they begin."""
    if kind == BYTES:
        return _varint(message, at)
    return {FIXED64: 8, FIXED32: 4}[kind], at


def _one(fields: Fields, number: int) -> int:
    """Return the number in a field, 0 if it is left out, as protobuf does."""
    value = fields.get(number, [0])[-1]
    return value if isinstance(value, int) else int.from_bytes(value, "little")


def _check_header(header: Fields) -> None:
    """Refuse what BundleHeaderProto says and is not read here."""
    if _one(header, 1) != 1:
        raise RefusedError(f"it has {_one(header, 1)} data files; only one is read")
    if _one(header, 2) != 0:
        raise RefusedError("its numbers are big-endian; only little-endian ones are read")


def _place(entry: Fields) -> Place:
    sizes = _fields(entry.get(2, [b""])[-1]).get(2, [])  # TensorShapeProto, its dimensions
    shape = tuple(_one(_fields(size), 1) for size in sizes)
    dtype, shard, offset, size, checksum = (_one(entry, number) for number in (1, 3, 4, 5, 6))
    return Place(dtype, shape, shard, offset, size, checksum, len(entry.get(7, [])))


def _variable(name: str, place: Place, data: bytes) -> npt.NDArray[Any]:
    if place.dtype not in DTYPES:
        raise RefusedError(
            f"its variable {name} has the dtype {place.dtype}; only {KNOWN} are read"
        )
    if place.slices or place.shard:
        raise RefusedError(f"its variable {name} is in several parts; only whole ones are read")
    dtype = np.dtype(DTYPES[place.dtype])
    content = data[place.offset : place.offset + place.size]
    if len(content) != place.size or place.size != dtype.itemsize * math.prod(place.shape):
        raise _damaged(f"its data is cut short in the variable {name}")
    if masked(crc32c(content)) != place.checksum:
        raise _damaged(f"the checksum of its variable {name} is wrong")
    return np.frombuffer(content, dtype).reshape(place.shape)


def _damaged(what: str) -> RefusedError:
    return RefusedError(f"{what}; download it again")


def _checksum_table() -> list[int]:
    """Return the checksum of each byte, on which `crc32c` builds."""
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ CASTAGNOLI * (crc & 1)
        table.append(crc)
    return table


_TABLE = _checksum_table()
