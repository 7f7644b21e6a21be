"""Headers of the console's pages. NiceGUI needs inline scripts and eval; a nonce keeps out every script but its own.

Pages show what strangers wrote: should a mark-up of theirs ever get through, the browser still runs nothing of it.
"""

import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SCRIPT = b"<script"


def policy(nonce: str) -> str:
    """The content security policy of one answer."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "media-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


async def with_nonce(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Runs an app and marks the scripts of its pages with a nonce of this answer; the policy names it."""
    nonce = secrets.token_urlsafe(16)
    started: Message | None = None
    body = bytearray()

    async def marked(message: Message) -> None:
        nonlocal started
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Content-Security-Policy"] = policy(nonce)
            if headers.get("content-type", "").startswith("text/html"):
                headers["Cache-Control"] = "no-store"
                started = message
                return
        if message["type"] != "http.response.body" or started is None:
            await send(message)
            return
        body.extend(message.get("body", b""))
        if message.get("more_body"):
            return
        page = bytes(body).replace(_SCRIPT, b'<script nonce="%b"' % nonce.encode())
        MutableHeaders(scope=started)["content-length"] = str(len(page))
        await send(started)
        await send({"type": "http.response.body", "body": page})

    await app(scope, receive, marked)
