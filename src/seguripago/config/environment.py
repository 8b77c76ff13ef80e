"""The settings that come from outside, read once and typed. What is missing in production refuses to start."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

DATABASE_LINE: Final = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""A database that is gone without a word is noticed after seconds, not after the quarter of an hour of the kernel."""


class SettingMissing(RuntimeError):
    """A setting without which SeguriPago must not start."""


@dataclass(frozen=True, slots=True)
class Environment:
    """`main_key`: 32 bytes under which secrets are kept. `base_url`: what goes into mails and QR codes, no slash.

    `previous_main_keys` open what is not sealed again yet. `trusted_proxies` are addresses and networks that we believe
    when they say who called. `assistant_origin`: the origin of the chat's frame where it has one of its own, no slash;
    `files_origin`: that of strangers' files, where no cookie ever is.
    `push_key` signs web push, empty: off; `push_hosts` are more push services, such as one of your own.
    `reads_pictures`: whether comprobantes that are pictures are looked at.
    `feed_hosts` are more hosts at which a bank's service may be, such as one behind a VPN.
    """

    demo: bool
    data_dir: Path
    base_url: str
    sandbox_url: str
    secret_key: str
    previous_secret_keys: tuple[str, ...]
    main_key: bytes
    previous_main_keys: tuple[bytes, ...]
    trusted_proxies: tuple[str, ...]
    feed_hosts: tuple[str, ...]
    database_url: str
    allowed_hosts: tuple[str, ...]
    email_url: str
    behind_tls: bool
    clamd_address: str
    cep_lookup_url: str = ""
    push_key: str = ""
    push_hosts: tuple[str, ...] = ()
    assistant_origin: str = ""
    files_origin: str = ""
    reads_pictures: bool = True


def read_environment(env: Mapping[str, str] = os.environ) -> Environment:
    """Read `SEGURIPAGO_*`, `DATABASE_URL`, `EMAIL_URL` and `PORT`. Defaults exist for the demo only."""
    demo = env.get("SEGURIPAGO_DEMO", "") in {"1", "true", "yes"}
    port = int(env.get("PORT", "8000"))
    data_dir = Path(env.get("SEGURIPAGO_DATA_DIR", ".data")).absolute()
    secret = env.get("SEGURIPAGO_SECRET_KEY", "")
    if len(secret) < 40:
        raise SettingMissing(
            "SEGURIPAGO_SECRET_KEY must have at least 40 characters (`make up` makes one for the demo)."
        )
    previous_secrets = tuple(filter(None, env.get("SEGURIPAGO_SECRET_KEY_PREVIOUS", "").split()))
    main_key = env.get("SEGURIPAGO_MAIN_KEY", "")
    key = _demo_key(secret)
    if main_key or not demo:
        key = _key(main_key, "SEGURIPAGO_MAIN_KEY")
    previous = tuple(
        _key(part, "SEGURIPAGO_MAIN_KEY_PREVIOUS") for part in _parts(env.get("SEGURIPAGO_MAIN_KEY_PREVIOUS", ""))
    )
    if demo:
        previous += tuple(_demo_key(each) for each in (secret, *previous_secrets))
    database_url = env.get("DATABASE_URL", "")
    if not database_url:
        raise SettingMissing("DATABASE_URL is not set (`make up` and `make test` start a PostgreSQL of their own).")
    base_url = env.get("SEGURIPAGO_BASE_URL", f"http://127.0.0.1:{port}" if demo else "").rstrip("/")
    if not base_url:
        raise SettingMissing("SEGURIPAGO_BASE_URL is the address that buyers see, e.g. https://pagos.example.mx")
    assistant_origin = _own_origin(env, "SEGURIPAGO_ASSISTANT_ORIGIN", "asistente", base_url)
    files_origin = _own_origin(env, "SEGURIPAGO_FILES_ORIGIN", "archivos", base_url, assistant_origin)
    hosts = tuple(filter(None, env.get("SEGURIPAGO_HOSTS", "").split(",")))
    return Environment(
        demo=demo,
        data_dir=data_dir,
        base_url=base_url,
        sandbox_url=env.get("SEGURIPAGO_SANDBOX_URL", f"http://127.0.0.1:{port + 1}"),
        secret_key=secret,
        previous_secret_keys=previous_secrets,
        main_key=key,
        previous_main_keys=tuple(other for other in previous if other != key),
        trusted_proxies=_networks(env.get("SEGURIPAGO_TRUSTED_PROXIES", "")),
        feed_hosts=_parts(env.get("SEGURIPAGO_FEED_HOSTS", "")),
        database_url=database_url,
        allowed_hosts=(
            *(hosts or (("*",) if demo else _hosts_of(base_url))),
            *_hosts_of(assistant_origin),
            *_hosts_of(files_origin),
        ),
        email_url=env.get("EMAIL_URL", ""),
        behind_tls=base_url.startswith("https://"),
        clamd_address=env.get("CLAMD_ADDRESS", ""),
        assistant_origin=assistant_origin,
        files_origin=files_origin,
        push_key=_push_key(env.get("SEGURIPAGO_PUSH_KEY", "")),
        reads_pictures=env.get("SEGURIPAGO_OCR", "").lower() not in {"0", "off", "no", "false"},
        push_hosts=_parts(env.get("SEGURIPAGO_PUSH_HOSTS", "")),
        cep_lookup_url=_cep_lookup_url(env.get("SEGURIPAGO_CEP_LOOKUP_URL", "")),
    )


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.replace(",", " ").split() if part)


def _demo_key(secret: str) -> bytes:
    return hashlib.sha256(f"demo main key\n{secret}".encode()).digest()


def _key(text: str, name: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise SettingMissing(f"{name} must be 32 bytes in base64.")
    return key


def _networks(text: str) -> tuple[str, ...]:
    for part in _parts(text):
        try:
            ipaddress.ip_network(part, strict=False)
        except ValueError:
            raise SettingMissing(
                f"SEGURIPAGO_TRUSTED_PROXIES: {part!r} is no address or network such as 10.0.0.0/8."
            ) from None
    return _parts(text)


def _hosts_of(address: str) -> tuple[str, ...]:
    host = urlsplit(address).hostname
    return (host,) if host else ()


def _own_origin(env: Mapping[str, str], name: str, example: str, base_url: str, other: str = "") -> str:
    """Accept an origin of its own: TLS like the main one, another host, nothing behind it.

    It is kept as browsers write one, in small letters and without the usual port: requests are told apart by it.
    """
    url = env.get(name, "").lower().rstrip("/")
    if not url:
        return ""
    parts, main = urlsplit(url), urlsplit(base_url.lower())
    if parts.scheme != main.scheme or not parts.hostname or "@" in url or url != f"{parts.scheme}://{parts.netloc}":
        raise SettingMissing(f"{name} must be an origin such as https://{example}.pagos.example.mx, or empty.")
    usual = {"https": ":443", "http": ":80"}.get(parts.scheme, "")
    if parts.netloc.removesuffix(usual) in {main.netloc.removesuffix(usual), urlsplit(other).netloc}:
        raise SettingMissing(f"{name} must be another host than SEGURIPAGO_BASE_URL and every other origin, or empty.")
    return url.removesuffix(usual)


def _push_key(text: str) -> str:
    """Accept the private key of web push: 32 bytes in base64 for addresses, as `seguripago push-keys` makes them."""
    if not text:
        return ""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise SettingMissing("SEGURIPAGO_PUSH_KEY must be 32 bytes in base64 for addresses: seguripago push-keys")
    return text.rstrip("=")


def _cep_lookup_url(url: str) -> str:
    """Accept Banxico's own host over TLS, or this very machine, which may play Banxico; nobody else tells of money."""
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        is_banxico = parts.scheme == "https" and parts.netloc == "www.banxico.org.mx"
        is_here = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
    except ValueError:
        is_banxico = is_here = False
    if not is_banxico and not is_here:
        raise SettingMissing("SEGURIPAGO_CEP_LOOKUP_URL must be https://www.banxico.org.mx/cep, or empty.")
    return url.rstrip("/")


def database(url: str) -> dict[str, object]:
    """Django's DATABASES entry of a `postgres://user:password@host:port/name?option=value` address, pooled."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise SettingMissing("DATABASE_URL must be a postgres:// address; PostgreSQL 15 or newer is the only database.")
    options: dict[str, object] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": {**DATABASE_LINE, **options, "pool": {"min_size": 1, "max_size": 24, "timeout": 10}},
        "CONN_HEALTH_CHECKS": False,
        "TEST": {"NAME": os.environ.get("SEGURIPAGO_TEST_DATABASE")},
    }
