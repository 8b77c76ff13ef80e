"""What hooks share: who may call, whether the caller knows the store's secret, whether a key signed what came."""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from .bank_feeds import MAX_NOTICE_BYTES, Authenticity, FeedSecrets, RawNoticeIn
from .store_secrets import secret_path


def may_knock(notice: RawNoticeIn, shared: FeedSecrets) -> bool:
    """Whether a notice is short enough and comes from an address that may call; the first thing that is asked."""
    return len(notice.body) <= MAX_NOTICE_BYTES and may_call(notice.remote_address, shared.allowed_addresses)


def may_call(address: str, allowed: tuple[str, ...]) -> bool:
    """Whether an address is on the list of addresses and networks; an empty list lets everybody call."""
    if not allowed:
        return True
    try:
        caller = ipaddress.ip_address(address)
        networks = [ipaddress.ip_network(entry, strict=False) for entry in allowed]
    except ValueError:
        return False
    mapped = getattr(caller, "ipv4_mapped", None)
    return any(caller in network or (mapped is not None and mapped in network) for network in networks)


def by_secret(notice: RawNoticeIn, shared: FeedSecrets) -> Authenticity:
    """Judge an unsigned notice: SECRET for who may knock and knows the secret, REFUSED for anybody else."""
    return Authenticity.SECRET if may_knock(notice, shared) and knows_secret(notice, shared) else Authenticity.REFUSED


def knows_secret(notice: RawNoticeIn, shared: FeedSecrets) -> bool:
    """Whether the notice brings an accepted secret, in its address or in Basic auth (with or without a user)."""
    offered = [value for value in (notice.address_secret, *_basic(notice.header("authorization"))) if value]
    known = [form for secret in shared.accepted if secret for form in _forms(secret)]
    # Every pair is compared, so that the time taken says nothing of which one was nearly right.
    matches = [
        hmac.compare_digest(a.encode(errors="replace"), b.encode(errors="replace")) for a in offered for b in known
    ]
    return any(matches)


def rsa_signed(body: bytes, digest: str, pem: str) -> bool:
    """Whether this base64 is an RSA-SHA256 signature over the body, by the private half of a public PEM key."""
    try:
        key = load_pem_public_key(pem.encode())
        if not isinstance(key, RSAPublicKey):
            return False
        key.verify(base64.b64decode(digest.strip(), validate=True), body, PKCS1v15(), SHA256())
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError, binascii.Error):
        return False
    return True


def _forms(secret: str) -> tuple[str, ...]:
    """A secret as it is kept, and as it fits in an address."""
    if not secret.startswith("whsec_"):
        return (secret,)
    try:
        return (secret, secret_path(secret))
    except binascii.Error:
        return (secret,)


def _basic(header: str) -> tuple[str, ...]:
    """Give what a Basic header offers: `user:password`, and the password alone."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return ()
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ()
    return (decoded, decoded.partition(":")[2])
