"""Frame lengths of raw audio by its headers. Pure; every function returns 0 for an invalid header."""

HEADER_BYTES = 8

# Thousands of bits per second by (layer, "MPEG 1 or not") and the index in the header; 0 where there is no fixed rate.
_MPEG_KBITS = {
    (3, True): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0),
    (2, True): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 0),
    (3, False): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0),
    (2, False): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0),
}
_AC3_KBITS = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640)
_AC3_RATES = (48_000, 44_100, 32_000)
_LAST_AC3_STREAM, _LAST_EAC3_STREAM = 10, 16
_AAC_HEADER_BYTES = 7


def mpeg_frame_length(header: bytes, *, layer: int) -> int:
    """Return the bytes of an MPEG audio frame of `layer` 2 or 3. Source: ISO 11172-3, 2.4.2.3."""
    layer_bits = (4 - layer) << 1
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE0 | layer_bits:
        return 0
    is_first_version = header[1] & 0x18 == 0x18
    bitrate = _MPEG_KBITS[layer, is_first_version][header[2] >> 4]
    rate = (44_100, 48_000, 32_000, 0)[header[2] >> 2 & 3]
    if not bitrate or not rate:
        return 0
    if not is_first_version:
        rate //= 2 if header[1] & 0x18 == 0x10 else 4
    samples = 144 if is_first_version or layer == 2 else 72
    return samples * bitrate * 1000 // rate + (header[2] >> 1 & 1)


def aac_frame_length(header: bytes) -> int:
    """Return the bytes of an AAC frame in ADTS. Source: ISO 14496-3, 1.A.2.2."""
    if len(header) < _AAC_HEADER_BYTES or header[0] != 0xFF or header[1] & 0xF6 != 0xF0:
        return 0
    length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    has_rate = header[2] >> 2 & 0xF < 13
    return length if has_rate and length > _AAC_HEADER_BYTES else 0


def ac3_frame_length(header: bytes) -> int:
    """Return the bytes of an AC-3 frame. Source: ETSI TS 102 366, 4.3 and table 4.13."""
    if len(header) < 6 or header[:2] != b"\x0b\x77" or header[5] >> 3 > _LAST_AC3_STREAM:
        return 0
    rate_index, size_index = header[4] >> 6, header[4] & 0x3F
    if rate_index >= len(_AC3_RATES) or size_index // 2 >= len(_AC3_KBITS):
        return 0
    rate, bits = _AC3_RATES[rate_index], _AC3_KBITS[size_index // 2] * 1000
    # A frame is 1536 samples, in words of 16 bits; at 44.1 kHz every second size is a word longer.
    words = bits * 1536 // (rate * 16)
    return 2 * (words + (size_index & 1 if rate == 44_100 else 0))


def eac3_frame_length(header: bytes) -> int:
    """Return the bytes of an E-AC-3 frame. Source: ETSI TS 102 366, E.1.3.1."""
    if len(header) < 6 or header[:2] != b"\x0b\x77":
        return 0
    if not _LAST_AC3_STREAM < header[5] >> 3 <= _LAST_EAC3_STREAM:
        return 0
    return 2 * (((header[2] & 7) << 8 | header[3]) + 1)
