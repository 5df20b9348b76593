"""A writer of TensorFlow's checkpoints, for the tests of their reader."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile
from typing import Any

import numpy as np
import numpy.typing as npt

Entries = list[tuple[bytes, bytes]]

DTYPES = {"float32": 1, "float64": 2, "int32": 3, "uint8": 4, "int64": 9, "bool": 10, "float16": 19}
ONE_FILE_LITTLE_ENDIAN = b"\x08\x01"  # field 1 = 1; the order of bytes is left out: 0


def checkpoint(
    variables: Mapping[str, npt.NDArray[Any]], *, per_block: int = 5, header: bytes | None = None
) -> tuple[bytes, bytes]:
    """Return the contents of index and data file; blocks of the index hold `per_block` entries."""
    entries, data = [(b"", ONE_FILE_LITTLE_ENDIAN if header is None else header)], b""
    for name, value in sorted(variables.items()):
        content = value.tobytes()
        described = entry(DTYPES[value.dtype.name], value.shape, len(data), content)
        entries.append((name.encode(), described))
        data += content
    return table(entries, per_block), data


def entry(dtype: int, shape: tuple[int, ...], offset: int, content: bytes) -> bytes:
    """Return the description of a variable: fields 1 dtype, 2 shape, 4, 5 place, 6 checksum."""
    sizes = b"".join(field(2, field(1, size)) for size in shape)
    checksum = b"\x35" + stored_checksum(content)
    return field(1, dtype) + field(2, sizes) + field(4, offset) + field(5, len(content)) + checksum


def field(number: int, value: int | bytes) -> bytes:
    """Return a protobuf field: a number, or bytes with their length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def table(entries: Entries, per_block: int) -> bytes:
    """Return a sorted table of entries, which are in the order of their keys."""
    blocks, handles = b"", []
    for start in range(0, len(entries), per_block):
        part = entries[start : start + per_block]
        blocks, handle = _append(blocks, block(part))
        handles.append((part[-1][0], handle))
    blocks, about = _append(blocks, block([]))
    blocks, index = _append(blocks, block(handles))
    magic = 0xDB4775248B80FB57
    return blocks + (about + index).ljust(40, b"\0") + magic.to_bytes(8, "little")


def block(entries: Entries) -> bytes:
    """Return a block: keys without what they share with the one before, every third key whole."""
    content, restarts, before = b"", [0], b""
    for number, (key, value) in enumerate(entries):
        if number and number % 3 == 0:
            restarts.append(len(content))
            before = b""
        pairs = zip(before, key, strict=False)
        shared = len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
        content += varint(shared) + varint(len(key) - shared) + varint(len(value))
        content += key[shared:] + value
        before = key
    return content + b"".join(n.to_bytes(4, "little") for n in (*restarts, len(restarts)))


def sealed(content: bytes, kind: int = 0) -> bytes:
    """Return a block with its kind of compression, 0 for none, and its checksum."""
    content += bytes([kind])
    return content + stored_checksum(content)


def stored_checksum(content: bytes) -> bytes:
    """Return the CRC-32C of `content`, bit by bit, rotated and shifted as LevelDB stores it."""
    crc = 0xFFFFFFFF
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    stored = ((crc >> 15 | crc << 17 & 0xFFFFFFFF) + 0xA282EAD8) % 2**32
    return stored.to_bytes(4, "little")


def varint(value: int) -> bytes:
    """Return a number in groups of seven bits, the lowest first."""
    found = bytearray()
    while value >= 0x80:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def _append(blocks: bytes, content: bytes) -> tuple[bytes, bytes]:
    """Return blocks with one more, and the handle of that one."""
    return blocks + sealed(content), varint(len(blocks)) + varint(len(content))


def various() -> dict[str, npt.NDArray[Any]]:
    """Return variables of several dtypes and shapes, with names that share beginnings."""
    numbers = np.arange(24)
    return {
        "conv/bias": numbers[:3].astype(np.float32) - 0.5,
        "conv/kernel": numbers.astype(np.float32).reshape(2, 3, 1, 4) / 7,
        "conv_1/kernel": numbers.astype(np.float16).reshape(4, 6),
        "conv_10/kernel": numbers.astype(np.float64),
        "epoch": np.array(300, np.int64),
        "few": numbers[:2].astype(np.int32) - 1,
        "flags": np.array([[True], [False]]),
        "nothing": np.zeros((0, 3), np.float32),
        "pixels": numbers.astype(np.uint8),
        "rate": np.array(0.25, np.float32),
        "\u00e9t\u00e9": numbers[:5].astype(np.int64) * 2**40,
    }
