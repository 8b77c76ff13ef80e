"""The seal of a CEP: RSA-2048, PKCS#1 v1.5, SHA-512 over `cadenaCDA` without its last part, the seal itself.

Established by experiment on Banxico's test environment (2024: 14 of 14 verify). Keys come from the operator's pins,
never from a file that somebody shows us: a forger seals with his own. No pin: not verifiable, and nothing more.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from seguripago.ports.receipt_readers import PinnedKeys, Seal

SEAL_BYTES: Final = 256
KEY_BITS: Final = 2048
ENCODINGS: Final = ("utf-8", "iso-8859-1")
"""The public samples are ASCII, so in which of the two a bank seals accents is open: either is its words."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of a seal. `chain` is the spelling that verified, `encoding` how it was sealed ("ascii" too)."""

    seal: Seal
    reasons: tuple[str, ...]
    chain: str = ""
    encoding: str = ""


def decoded(seal: str) -> bytes | None:
    """Give the 256 bytes of a seal. Only its one canonical spelling: another would be a second use in disguise."""
    try:
        raw = base64.b64decode(seal, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == SEAL_BYTES and base64.b64encode(raw).decode() == seal else None


def digest_of(seal: str) -> str:
    """Give the SHA-256 of a seal, in hex: the one thing by which a CEP is unique; empty for what is no seal."""
    raw = decoded(seal)
    return hashlib.sha256(raw).hexdigest() if raw is not None else ""


def judge(chains: Iterable[str], *, seal: str, serial: str, pinned_keys: PinnedKeys) -> Judged:
    """Judge a seal over the chain, or over each of the spellings in which a carrier may have broken it.

    Each chain ends with the seal, as `cadenaCDA` does.
    """
    raw, pem = decoded(seal), pinned_keys.get(serial)
    if raw is None:
        return Judged(Seal.INVALID, ("seal_not_base64_of_2048_bits",))
    if pem is None:
        return Judged(Seal.NOT_VERIFIABLE, ("certificate_not_pinned",))
    try:
        key = load_key(pem)
    except ValueError:
        return Judged(Seal.NOT_VERIFIABLE, ("pinned_key_unfit",))
    try:
        sealed = key.recover_data_from_signature(raw, padding.PKCS1v15(), hashes.SHA512())
    except (InvalidSignature, ValueError):
        return Judged(Seal.INVALID, ("seal_does_not_match",))
    for chain in chains:
        for encoding, message in _spellings(chain.removesuffix(seal)):
            if hashlib.sha512(message).digest() == sealed and _verifies(key, raw, message):
                return Judged(Seal.VERIFIED, (), chain, encoding)
    return Judged(Seal.INVALID, ("seal_does_not_match",))


def load_key(pem: bytes) -> RSAPublicKey:
    """Take the RSA key of 2048 bits out of a PEM, a certificate or a bare public key; raises ValueError."""
    key: object
    try:
        if b"BEGIN CERTIFICATE" in pem:
            key = x509.load_pem_x509_certificate(pem).public_key()
        else:
            key = serialization.load_pem_public_key(pem)
    except UnsupportedAlgorithm as trouble:
        raise ValueError("unsupported key") from trouble
    if not isinstance(key, RSAPublicKey) or key.key_size != KEY_BITS:
        raise ValueError("an RSA key of 2048 bits is needed")
    return key


def fingerprint(key: RSAPublicKey) -> str:
    """Give the SHA-256 of a key's SubjectPublicKeyInfo, in hex."""
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def certificate_serial(pem: bytes) -> str:
    """Give the serial of a PEM certificate as banks write it: its bytes are the digits. Empty for a bare key."""
    if b"BEGIN CERTIFICATE" not in pem:
        return ""
    number = x509.load_pem_x509_certificate(pem).serial_number
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    digits = raw.decode("ascii", "replace")
    return digits if len(digits) == 20 and digits.isascii() and digits.isdigit() else str(number).zfill(20)


def _spellings(sealed: str) -> tuple[tuple[str, bytes], ...]:
    if sealed.isascii():
        return (("ascii", sealed.encode()),)
    found = []
    for encoding in ENCODINGS:
        try:
            found.append((encoding, sealed.encode(encoding)))
        except UnicodeEncodeError:
            continue
    return tuple(found)


def _verifies(key: RSAPublicKey, seal: bytes, message: bytes) -> bool:
    try:
        key.verify(seal, message, padding.PKCS1v15(), hashes.SHA512())
    except InvalidSignature:
        return False
    return True
