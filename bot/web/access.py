"""Lets only the owner of a conversation in: the token comes as a Bearer header, or as the page's cookie."""

from typing import Annotated

from fastapi import Depends, Path, Request
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from bot.web.context import Address, WebParts
from bot.web.errors import Refusal
from bot.web.ports import Conversation
from bot.web.tokens import CONVERSATION_ID, COOKIE, opens

bearer = HTTPBearer(auto_error=False, description="The token that POST /conversations returned.")
cookie = APIKeyCookie(name=COOKIE, auto_error=False, description="The same token, as the chat page keeps it.")


def token_of(
    request: Request,
    header: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    kept: Annotated[str | None, Depends(cookie)],
) -> str | None:
    """The token a request shows. Raises Refusal 403 where another site makes a browser send its cookie."""
    if header:
        return header.credentials
    if request.headers.get("sec-fetch-site") == "cross-site":
        raise Refusal(403, "cross_site")
    return kept


async def owned(
    conversation_id: Annotated[str, Path(pattern=CONVERSATION_ID, description="The id of the conversation.")],
    token: Annotated[str | None, Depends(token_of)],
    web: WebParts,
    address: Address,
) -> Conversation:
    """The conversation of the path, if the request proves that it is the sender's own.

    Raises Refusal: 429 for too many requests, 401 without the right token, 404 where the conversation is no more.
    """
    web.gate.request(address)
    if not token or not opens(conversation_id, token):
        raise Refusal(401, "unauthorised", {"WWW-Authenticate": "Bearer"})
    conversation = await web.transcripts.conversation(conversation_id)
    if conversation is None:
        raise Refusal(404, "unknown_conversation")
    return conversation


Owned = Annotated[Conversation, Depends(owned)]
