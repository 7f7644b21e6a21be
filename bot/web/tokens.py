"""Who may read a conversation: its id is the fingerprint of a secret token that only its user holds.

Nothing secret is stored: a token proves itself by hashing to the id, also after a restart.
"""

import hashlib
import hmac
import secrets

from qifu.labels import Channel

COOKIE = "qifu_chat"
CONVERSATION_ID = r"^(web|api):[0-9a-f]{32}$"
TOKEN_BYTES = 16


def new_token() -> str:
    """128 random bits, URL-safe."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def conversation_of(channel: Channel, token: str) -> str:
    """The id of the conversation that a token opens on a channel."""
    digest = hashlib.sha256(f"{channel}:{token}".encode("utf-8", "replace")).hexdigest()
    return f"{channel}:{digest[:32]}"


def channel_of(conversation_id: str) -> Channel:
    """The channel a conversation id (checked against CONVERSATION_ID) belongs to."""
    return Channel(conversation_id.partition(":")[0])


def is_ours(conversation_id: str) -> bool:
    """Whether a conversation runs on the chat page or the API."""
    return conversation_id.partition(":")[0] in (Channel.WEB, Channel.API)


def opens(conversation_id: str, token: str) -> bool:
    """Whether a token belongs to a conversation; takes the same time for every wrong one."""
    return hmac.compare_digest(conversation_of(channel_of(conversation_id), token), conversation_id)
