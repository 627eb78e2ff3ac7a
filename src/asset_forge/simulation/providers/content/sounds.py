"""Tones whose melody follows the text, as PCM, WAV, µ-law or A-law; and silent MP3.

Formats: WAV as in https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/WAVE/WAVE.html; MP3 frames
as in ISO/IEC 11172-3, tags as in https://id3.org/id3v2.3.0. An MP3 here has the right length,
rate, bit rate and a title, but its frames are empty: sound would need an encoder.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

_MP3_KBITS: Final = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_MP3_RATES: Final = {1: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000)}
_FORMAT: Final = re.compile(r"(mp3|pcm|wav|ulaw|alaw)_(\d{4,5})(?:_(\d{2,3}))?")
_NOTE_SECONDS: Final = 0.12
_SCALE: Final = (0, 2, 4, 7, 9, 12, 14, 16)


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """A codec, a sampling rate in Hz and, for MP3, a bit rate in kbit/s."""

    codec: str
    rate: int
    kbits: int

    @property
    def media_type(self) -> str:
        """What an HTTP answer calls it."""
        return {"mp3": "audio/mpeg", "wav": "audio/wav", "pcm": "audio/pcm"}.get(
            self.codec, "audio/basic"
        )


def output_format(text: str) -> OutputFormat | None:
    """Read a format as ElevenLabs writes it (`mp3_44100_128`, `pcm_16000`); None if unknown."""
    found = _FORMAT.fullmatch(text)
    if not found:
        return None
    wanted = OutputFormat(found[1], int(found[2]), int(found[3] or 0))
    return wanted if wanted.codec != "mp3" or _mp3_version(wanted) else None


def make_sound(
    text: str, seconds: float, wanted: OutputFormat, seed: int = 0, channels: int = 1
) -> bytes:
    """Make a file of so many seconds, the same in each channel; the same bytes each time."""
    if wanted.codec == "mp3":
        return _mp3(text, seconds, wanted, channels)
    samples = np.repeat(_melody(text, seconds, wanted.rate, seed), channels)
    if wanted.codec == "ulaw":
        return _mu_law(samples)
    if wanted.codec == "alaw":
        return _a_law(samples)
    pcm = (samples * 32767).astype("<i2").tobytes()
    return pcm if wanted.codec == "pcm" else _wav(pcm, wanted.rate, channels)


def _melody(text: str, seconds: float, rate: int, seed: int) -> NDArray[np.float64]:
    """Two seconds of notes at most, repeated: a long piece costs no more than a short one."""
    length = max(1, round(seconds * rate))
    note = max(1, round(_NOTE_SECONDS * rate))
    letters = [ord(c) + seed for c in text[:16]] or [0]
    time = np.arange(note) / rate
    envelope = np.minimum(1, np.minimum(np.arange(note), np.arange(note)[::-1]) / (0.01 * rate))
    phrase = np.concatenate(
        [
            0.3 * envelope * np.sin(2 * np.pi * 220 * 2 ** (_SCALE[n % len(_SCALE)] / 12) * time)
            for n in letters
        ]
    )
    return np.resize(phrase, length)


def _wav(pcm: bytes, rate: int, channels: int) -> bytes:
    frame = 2 * channels
    layout = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, channels, rate, rate * frame, frame, 16)
    body = b"WAVE" + layout + struct.pack("<4sI", b"data", len(pcm)) + pcm
    return struct.pack("<4sI", b"RIFF", len(body)) + body


def _mu_law(samples: NDArray[np.float64]) -> bytes:
    """G.711: 14-bit magnitude with a bias, as sign, segment and step, all bits inverted."""
    magnitude = np.minimum(np.abs(samples) * 32635, 32635).astype(int) + 132
    segment = np.floor(np.log2(magnitude)).astype(int) - 7
    step = (magnitude >> (segment + 3)) & 15
    sign = np.where(samples < 0, 128, 0)
    return (~(sign | segment << 4 | step) & 255).astype(np.uint8).tobytes()


def _a_law(samples: NDArray[np.float64]) -> bytes:
    """G.711: 13-bit magnitude as sign, segment and step, every second bit inverted."""
    magnitude = np.minimum(np.abs(samples) * 4095, 4095).astype(int)
    segment = np.maximum(np.floor(np.log2(np.maximum(magnitude, 1))).astype(int) - 4, 0)
    step = (magnitude >> np.maximum(segment, 1)) & 15
    sign = np.where(samples < 0, 0, 128)
    return ((sign | segment << 4 | step) ^ 85).astype(np.uint8).tobytes()


def _mp3_version(wanted: OutputFormat) -> int | None:
    for version, rates in _MP3_RATES.items():
        if wanted.rate in rates and wanted.kbits in _MP3_KBITS[version][1:]:
            return version
    return None


def _mp3(text: str, seconds: float, wanted: OutputFormat, channels: int) -> bytes:
    version = _mp3_version(wanted)
    if version is None:
        raise ValueError(f"MP3 has no {wanted.kbits} kbit/s at {wanted.rate} Hz")
    samples = 1152 if version == 1 else 576
    quality = _MP3_KBITS[version].index(wanted.kbits)
    rate = _MP3_RATES[version].index(wanted.rate)
    sync = 0xFFFB if version == 1 else 0xFFF3
    header = struct.pack(">HBB", sync, quality << 4 | rate << 2, 0xC0 if channels == 1 else 0)
    size = samples // 8 * wanted.kbits * 1000 // wanted.rate
    frames = max(1, round(seconds * wanted.rate / samples))
    title = b"\x03" + text[:60].encode()
    tag = struct.pack(">4sIH", b"TIT2", len(title), 0) + title
    length = bytes(len(tag) >> shift & 127 for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + length + tag + header.ljust(size, b"\0") * frames
