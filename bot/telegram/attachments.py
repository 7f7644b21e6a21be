"""What a message without text is, in the words of texts.yml."""

from telegram import Message

KINDS = {
    "photo": "photo",
    "voice": "voice",
    "audio": "voice",
    "video": "video",
    "video_note": "video",
    "animation": "video",  # Telegram marks an animation as a document, too
    "sticker": "sticker",
    "document": "file",
    "venue": "location",  # and a venue as a location
    "location": "location",
    "contact": "contact",
}


def kind_of(message: Message) -> str:
    """The kind of attachment; `other` for games, polls, dice and what Telegram may yet invent."""
    return next((kind for name, kind in KINDS.items() if getattr(message, name)), "other")
