"""What the simulated ElevenLabs lists: voices, models, and the subscription.

Written from the pages that `_elevenlabs` names.
"""

from __future__ import annotations

from typing import Final

VOICES: Final = {
    "21m00Tcm4TlvDq8ikWAM": "Rachel",
    "pNInz6obpgDQGcFmaJgB": "Adam",
    "JBFqnCBsd6RMkjVDRZzb": "George",
    "EXAVITQu4vr4xnSDxMaL": "Sarah",
}
"""Ids and names of voices that every account has."""
_MODELS: Final = (
    "eleven_v3",
    "eleven_multilingual_v2",
    "eleven_flash_v2_5",
    "eleven_turbo_v2_5",
)
_CREDIT_LIMIT: Final = 10_000_000


def voices() -> dict[str, object]:
    """Return the answer to `GET /v1/voices`."""
    return {
        "voices": [
            {
                "voice_id": voice_id,
                "name": name,
                "category": "premade",
                "labels": {"language": "en"},
                "description": "A simulated voice.",
                "available_for_tiers": [],
                "high_quality_base_model_ids": list(_MODELS),
            }
            for voice_id, name in VOICES.items()
        ]
    }


def models() -> list[dict[str, object]]:
    """Return the answer to `GET /v1/models`."""
    return [
        {
            "model_id": model_id,
            "name": model_id,
            "can_be_finetuned": False,
            "can_do_text_to_speech": True,
            "can_do_voice_conversion": False,
            "token_cost_factor": 1.0,
            "maximum_text_length_per_request": 10_000,
            "languages": [{"language_id": "en", "name": "English"}],
        }
        for model_id in _MODELS
    ]


def subscription(used_credits: int) -> dict[str, object]:
    """Return the answer to `GET /v1/user/subscription`."""
    return {
        "tier": "pro",
        "character_count": used_credits,
        "character_limit": _CREDIT_LIMIT,
        "max_character_limit_extension": 0,
        "max_credit_limit_extension": 0,
        "can_extend_character_limit": False,
        "allowed_to_extend_character_limit": False,
        "next_character_count_reset_unix": 4_102_444_800,
        "voice_slots_used": 0,
        "professional_voice_slots_used": 0,
        "professional_voice_slots_used_in_workspace": 0,
        "voice_limit": 160,
        "max_voice_add_edits": 1000,
        "voice_add_edit_counter": 0,
        "professional_voice_limit": 1,
        "can_extend_voice_limit": False,
        "can_use_instant_voice_cloning": True,
        "can_use_professional_voice_cloning": True,
        "currency": "usd",
        "current_overage": {"amount": "0", "currency": "usd"},
        "status": "active",
        "billing_period": "monthly_period",
        "character_refresh_period": "monthly_period",
        "next_invoice": None,
        "open_invoices": [],
        "has_open_invoices": False,
    }
