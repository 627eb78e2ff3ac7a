"""Branching dialogues made by a grammar from the words of a prompt, as JSON."""

from asset_forge.generation.providers.procedural.dialogue._make import make_dialogue
from asset_forge.generation.providers.procedural.dialogue._schema import DIALOGUE_SCHEMA
from asset_forge.generation.providers.procedural.dialogue._tokens import count_tokens

__all__ = ["DIALOGUE_SCHEMA", "count_tokens", "make_dialogue"]
