"""Sounds as vendors send them: WAV files that are whole, and raw samples put into one."""

from __future__ import annotations

import io
import wave
from typing import Final

MUSIC_RATE: Final = 44_100
"""Samples a second of music, which comes as raw samples of 16 bits in stereo."""


def seconds_of(data: bytes) -> float:
    """Return the length of a WAV file in seconds.

    Raises:
        ValueError: It is none, it is empty, or its end is missing.
    """
    try:
        with wave.open(io.BytesIO(data)) as sound:
            held = len(sound.readframes(sound.getnframes()))
            width = sound.getnchannels() * sound.getsampwidth()
            if not held or held < sound.getnframes() * width:
                raise ValueError("the sound is shorter than its header says")
            return sound.getnframes() / sound.getframerate()
    except (wave.Error, EOFError, RuntimeError, ZeroDivisionError) as error:  # `wave` raises any
        raise ValueError(f"the sound is no WAV file ({error})") from error


def as_wave(samples: bytes, seconds: float) -> bytes:
    """Put a WAV header before raw samples.

    The vendor keeps to the length only roughly; half of a piece, or one of another form, is told
    by the number of its samples.

    Raises:
        ValueError: There are far fewer or more than so many seconds have, or a half one.
    """
    rightly = seconds * MUSIC_RATE * 4
    if len(samples) % 4 or not 0.6 * rightly <= len(samples) <= 1.6 * rightly:
        raise ValueError(f"{len(samples)} bytes of samples are not {seconds:g} seconds of music")
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(MUSIC_RATE)
        sound.writeframes(samples)
    return file.getvalue()
