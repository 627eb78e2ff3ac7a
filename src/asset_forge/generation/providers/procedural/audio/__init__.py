"""Music, sound effects and voice-like barks made by rules, as WAV files."""

from asset_forge.generation.providers.procedural.audio._effects import make_sound_effect
from asset_forge.generation.providers.procedural.audio._music import make_music
from asset_forge.generation.providers.procedural.audio._voice import make_voice

__all__ = ["make_music", "make_sound_effect", "make_voice"]
