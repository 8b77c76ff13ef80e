"""A small chat on Django Channels: `uvicorn chat_app:application` in the comparison's own environment.

Everything said comes over the WebSocket, is kept in PostgreSQL in copies of the product's own tables, under the same
row lock with the same `seq` and the same unique client id, and is then sent to the conversation's group. It draws no
HTML, masks nothing, looks at no order and wakes no desk: it has less to do than the product.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import django
from django.conf import settings

parts = urlsplit(os.environ["BENCH_DATABASE_URL"])
LAYERS = {
    "redis": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [{"address": os.environ.get("BENCH_REDIS_URL", ""), "max_connections": 5000}]},
    },
    "memory": {"BACKEND": "channels.layers.InMemoryChannelLayer"},
}
options = dict(pair.split("=", 1) for pair in unquote(parts.query).split("&") if pair)
settings.configure(
    SECRET_KEY="only-for-the-comparison",
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["channels"],
    USE_TZ=True,
    CHANNEL_LAYERS={"default": LAYERS[os.environ.get("BENCH_LAYER", "memory")]},
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "OPTIONS": {"pool": {"min_size": 1, "max_size": 24, "timeout": 10}},
        }
    },
)
django.setup()

from channels.db import database_sync_to_async  # noqa: E402
from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402
from django.db import connection, transaction  # noqa: E402


def opened(token: str) -> tuple[int, str] | None:
    """The conversation that a secret opens, with its buyer's name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, buyer_name FROM channels_conversation WHERE token_hash = %s",
            [hashlib.sha256(token.encode()).hexdigest()],
        )
        return cursor.fetchone()


def keep(conversation_id: int, author: str, name: str, text: str, client_id: str) -> int:
    """Keep a message under the conversation's row lock and return its number; the same client id keeps its number."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM channels_conversation WHERE id = %s FOR UPDATE", [conversation_id])
        cursor.execute(
            "SELECT seq FROM channels_entry WHERE conversation_id = %s AND client_id = %s", [conversation_id, client_id]
        )
        if known := cursor.fetchone():
            return int(known[0])
        cursor.execute(
            "UPDATE channels_conversation SET seq = seq + 1, last_line = %s WHERE id = %s RETURNING seq",
            [text[:160], conversation_id],
        )
        seq = int(cursor.fetchone()[0])
        cursor.execute(
            """
            INSERT INTO channels_entry (conversation_id, seq, kind, author_kind, author_id, author_name, client_id,
                                        visibility, closes, body, at)
            VALUES (%s, %s, 'text', %s, 0, %s, %s, 'all', 0, %s, now())
            """,
            [conversation_id, seq, author, name, client_id, json.dumps({"text": text})],
        )
        return seq


class Chat(AsyncWebsocketConsumer):
    """One screen of one conversation: the buyer's, or an analyst's."""

    async def connect(self) -> None:
        said = parse_qs(self.scope["query_string"].decode())
        found = await database_sync_to_async(opened)(said["token"][0])
        if found is None:
            await self.close()
            return
        self.conversation_id, buyer = found
        self.author = said["as"][0]
        self.name = buyer if self.author == "buyer" else "Analista"
        self.group = f"conversation.{self.conversation_id}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()
        await self.send(text_data='{"hello": true}')

    async def disconnect(self, code: int) -> None:
        if hasattr(self, "group"):
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        said: dict[str, Any] = json.loads(text_data or "{}")
        seq = await database_sync_to_async(keep)(
            self.conversation_id, self.author, self.name, said["text"], said["client_id"]
        )
        await self.channel_layer.group_send(
            self.group, {"type": "entry", "seq": seq, "author": self.author, "name": self.name, "text": said["text"]}
        )

    async def entry(self, event: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps({name: event[name] for name in ("seq", "author", "name", "text")}))


application = ProtocolTypeRouter({"http": get_asgi_application(), "websocket": Chat.as_asgi()})
