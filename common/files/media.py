"""Video and sound: verifies the type a file claims by walking its structure without decoding any."""

import struct
from typing import IO

MAX_BOXES = 5_000
FRAMES_LOOKED_AT = 50
# Brands of MP4 files; another brand is another type of file with the same structure (mp4ra.org).
BRANDS = {
    b"isom",
    b"iso2",
    b"iso3",
    b"iso4",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"avc1",
    b"M4V ",
    b"MSNV",
    b"dash",
    b"mmp4",
}
_BIT_RATES = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_SAMPLE_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
# What may follow the last frame: metadata of three kinds, or nothing.
_TAILS = {b"TAG", b"APE", b"LYR", b""}


def is_mp4(file: IO[bytes], size: int) -> bool:
    """Return whether a file is a whole MP4 (ISO 14496-12): boxes that fill it exactly, with a description and content."""
    at = 0
    seen: list[bytes] = []
    while at < size:
        file.seek(at)
        head = file.read(16)
        if len(head) < 8 or len(seen) > MAX_BOXES:
            return False
        length, name = struct.unpack(">L4s", head[:8])
        if length == 1 and len(head) == 16:
            length = struct.unpack(">Q", head[8:])[0]
        elif length == 0:
            length = size - at
        if length < 8 or not name.isascii():
            return False
        if not seen and (name != b"ftyp" or length > 4096 or not _brands(file, at, length) & BRANDS):
            return False
        seen.append(name)
        at += length
    return at == size and b"moov" in seen and bool({b"mdat", b"moof"} & set(seen))


def _brands(file: IO[bytes], at: int, length: int) -> set[bytes]:
    file.seek(at + 8)
    data = file.read(length - 8)
    return {data[:4], *(data[n : n + 4] for n in range(8, len(data) - 3, 4))}


def _frame_length(head: bytes) -> int:
    """Return the length in bytes of the MPEG audio layer III frame with this header, 0 if it is none."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return 0
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    rate, sampling, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version == 1 or layer != 1 or rate in (0, 15) or sampling == 3:
        return 0
    bits = 1000 * _BIT_RATES[1 if version == 3 else 2][rate]
    return (144 if version == 3 else 72) * bits // _SAMPLE_RATES[version][sampling] + padding


def is_mp3(file: IO[bytes], size: int) -> bool:
    """Return whether a file is MP3 sound: after the metadata, frame follows frame; the first fifty are checked."""
    file.seek(0)
    head = file.read(10)
    at = 0
    if head.startswith(b"ID3") and len(head) == 10:
        if any(byte & 0x80 for byte in head[6:]):
            return False
        at = 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]) + (10 if head[5] & 0x10 else 0)
        # Some programs leave zeros after the metadata.
        file.seek(at)
        filling = file.read(4096)
        at += len(filling) - len(filling.lstrip(b"\x00"))
    for n in range(FRAMES_LOOKED_AT):
        file.seek(at)
        length = _frame_length(file.read(4))
        if not length:
            file.seek(at)
            return n >= 3 and file.read(3) in _TAILS
        at += length
        if at >= size:
            return n >= 2
    return True
