"""Sets of numbers as integers: bit n is set where n is in. Packed for the database by blocks, few numbers as a list."""

import struct
from collections.abc import Hashable, Iterable, Iterator
from typing import TypeVar

from portal.search.models import BLOCK

Key = TypeVar("Key", bound=Hashable)
WIDE = BLOCK // 8
# A list of two bytes each is the shorter one up to here; one that long as the wide form is read as wide.
LISTED_MOST = WIDE // 2 - 1


def members_of(bits: int) -> list[int]:
    """Return the numbers of a set, lowest first. For sets of a few thousand."""
    text = bin(bits)[:1:-1]
    found, at = [], text.find("1")
    while at >= 0:
        found.append(at)
        at = text.find("1", at + 1)
    return found


def highest(bits: int, skip: int, most: int) -> Iterator[int]:
    """Yield the numbers of a set, highest first, after the first `skip`, `most` at most."""
    text = bin(bits)[2:]
    top, at = len(text) - 1, text.find("1") if bits else -1
    while at >= 0 and most > 0:
        if skip:
            skip -= 1
        else:
            most -= 1
            yield top - at
        at = text.find("1", at + 1)


def of_members(numbers: Iterable[int]) -> int:
    """Return the set of these numbers."""
    wanted = list(numbers)
    if not wanted:
        return 0
    room = bytearray(max(wanted) // 8 + 1)
    for n in wanted:
        room[n >> 3] |= 1 << (n & 7)
    return int.from_bytes(room, "little")


def pack(bits: int) -> bytes:
    """Return one block's set for the database: a list of 16-bit numbers, or all its bits."""
    if bits.bit_count() <= LISTED_MOST:
        offsets = members_of(bits)
        return struct.pack(f"<{len(offsets)}H", *offsets)
    return bits.to_bytes(WIDE, "little")


def unpack(packed: bytes) -> int:
    """Return the set that `pack` packed."""
    if len(packed) == WIDE:
        return int.from_bytes(packed, "little")
    return of_members(struct.unpack(f"<{len(packed) // 2}H", packed))


def gathered(blocks: Iterable[tuple[Key, int, bytes]], below: int) -> dict[Key, int]:
    """Return the sets whose packed blocks these are, by key: a question reads thousands of them.

    Blocks that begin behind the number `below` are left out: what came into the index since that number was asked for.
    """
    room = (below // BLOCK + 1) * WIDE
    found: dict[Key, bytearray] = {}
    for key, block, packed in blocks:
        begin = block * WIDE
        if begin >= room:
            continue
        held = found.get(key)
        if held is None:
            held = found[key] = bytearray(room)
        if len(packed) == WIDE:
            both = int.from_bytes(packed, "little") | int.from_bytes(held[begin : begin + WIDE], "little")
            held[begin : begin + WIDE] = both.to_bytes(WIDE, "little")
            continue
        for n in struct.unpack(f"<{len(packed) // 2}H", packed):
            held[begin + (n >> 3)] |= 1 << (n & 7)
    return {key: int.from_bytes(held, "little") for key, held in found.items()}


def packed_terms(terms: Iterable[tuple[int, int]]) -> bytes:
    """Return an entry's (tier, word id) pairs, in order, for the database."""
    flat = [tier | word << 3 for tier, word in sorted(terms)]
    return struct.pack(f"<{len(flat)}Q", *flat)


def unpacked_terms(packed: bytes) -> set[tuple[int, int]]:
    """Return the pairs that `packed_terms` packed."""
    return {(flat & 7, flat >> 3) for flat in struct.unpack(f"<{len(packed) // 8}Q", packed)}
