"""Textured, watertight 3D models as glTF 2.0 binaries: one for each prompt and seed."""

from asset_forge.generation.providers.procedural.models._make import MODEL_OPTIONS, make_model

__all__ = ["MODEL_OPTIONS", "make_model"]
