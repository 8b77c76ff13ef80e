"""A CEP is verified, invalid or not verifiable; and nobody but the operator says with which key."""

import base64
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from seguripago.adapters.receipt_readers.cep_xml import ADAPTER
from seguripago.jobs import evidence_file
from seguripago.ports.receipt_readers import TRACKING_KEY_NOT_SEALED, ReceiptKind, ReceiptReading, Seal
from tests.captures.ceps import SERIAL as BANK
from tests.captures.ceps import Transfer, pem

FOLDER = Path(__file__).parents[1] / "samples" / "cep"
SERIAL = "00000100000100014853"
PEM = (FOLDER / f"cepbeta_{SERIAL}.pub.pem").read_bytes()
SAMPLES = {path.stem: path.read_bytes() for path in sorted(FOLDER.glob("*.xml"))}
ONE = SAMPLES["tipo-01"].decode()


def read(body: bytes | str, pins: dict[str, bytes] | None = None) -> ReceiptReading:
    raw = body.encode() if isinstance(body, str) else body
    return ADAPTER.read(raw, {SERIAL: PEM} if pins is None else pins)


def attribute(name: str, xml: str = ONE) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', xml)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_every_sample_is_verified_with_the_pinned_key(name: str) -> None:
    reading = read(SAMPLES[name])
    assert ADAPTER.reads(SAMPLES[name])
    assert reading.kind is ReceiptKind.CEP
    assert reading.seal is Seal.VERIFIED
    assert reading.reasons == (TRACKING_KEY_NOT_SEALED,)
    assert reading.fields["date"] == "2024-11-08"
    assert len(reading.seal_digest) == 64


def test_the_fields_are_those_of_the_file() -> None:
    fields = read(ONE).fields
    assert fields["tracking_key"] == "BiB202411081016248360"
    assert fields["amount"] == "3414.95"
    assert fields["clabe"] == "723969000011000077"
    assert fields["payer_name"] == "Pruebas Bienestar"
    assert read(SAMPLES["tipo-35"]).fields["amount"] == "13887.70"
    assert read(SAMPLES["tipo-12"]).fields["credited_date"] == "2024-11-07"
    assert "beneficiary_name" not in read(SAMPLES["tipo-04"]).fields


def test_without_a_pin_nothing_is_verifiable_and_nothing_is_believed() -> None:
    reading = read(ONE, {})
    assert reading.seal is Seal.NOT_VERIFIABLE
    assert reading.reasons == ("certificate_not_pinned", TRACKING_KEY_NOT_SEALED)
    assert read(ONE, {SERIAL: b"nonsense"}).seal is Seal.NOT_VERIFIABLE


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FechaOperacion", "2024-11-09"),
        ("Hora", "10:53:37"),
        ("ClaveSPEI", "90646"),
        ("numeroCertificado", "00000100000100014854"),
        ("BancoReceptor", "STP"),
        ("Concepto", "OTRO CONCEPTO"),
        ("IVA", "1.00"),
        ("MontoPago", "9135.00"),
        ("MontoPago", "3414.951"),
        ("BancoEmisor", "BBVA"),
    ],
)
def test_an_edited_attribute_differs_from_the_chain(name: str, value: str) -> None:
    altered = ONE.replace(f'{name}="{attribute(name)}"', f'{name}="{value}"')
    reading = read(altered)
    assert reading.seal is Seal.INVALID
    assert any(reason.endswith("_differs_from_chain") for reason in reading.reasons)


@pytest.mark.parametrize("name", ["Nombre", "TipoCuenta", "Cuenta", "RFC"])
@pytest.mark.parametrize("person", ["Beneficiario", "Ordenante"])
def test_a_person_edited_or_erased_is_noticed(person: str, name: str) -> None:
    element = re.search(rf"<{person}[^>]*>", ONE)
    assert element is not None
    value = attribute(name, element[0])
    for written in (f' {name}="X{value}"', "", f' {name}="NA"'):
        altered = ONE.replace(element[0], element[0].replace(f' {name}="{value}"', written))
        assert altered != ONE
        assert read(altered).seal is Seal.INVALID


def test_the_chain_and_the_attribute_edited_together_break_the_seal() -> None:
    reading = read(ONE.replace("3414.95", "9414.95"))
    assert reading.seal is Seal.INVALID
    assert reading.reasons == ("seal_does_not_match", TRACKING_KEY_NOT_SEALED)


def test_an_edited_tracking_key_keeps_the_seal_which_is_why_it_is_never_believed() -> None:
    altered = read(ONE.replace("BiB202411081016248360", "OTRA"))
    assert altered.seal is Seal.VERIFIED
    assert altered.seal_digest == read(ONE).seal_digest
    assert TRACKING_KEY_NOT_SEALED in altered.reasons


def test_a_seal_of_another_cep_is_invalid() -> None:
    swapped = ONE.replace(attribute("sello"), attribute("sello", SAMPLES["tipo-03"].decode()))
    assert read(swapped).seal is Seal.INVALID


@given(place=st.integers(min_value=0, max_value=255), bit=st.integers(min_value=0, max_value=7))
@settings(max_examples=60)
def test_no_bit_of_the_seal_can_change(place: int, bit: int) -> None:
    sello = attribute("sello")
    raw = bytearray(base64.b64decode(sello))
    raw[place] ^= 1 << bit
    assert read(ONE.replace(sello, base64.b64encode(bytes(raw)).decode())).seal is Seal.INVALID


@given(place=st.integers(min_value=0, max_value=len(ONE) - 1), letter=st.sampled_from("X0|&<\" 'ñ"))
@settings(max_examples=200)
def test_a_letter_changed_anywhere_never_verifies_other_fields(place: int, letter: str) -> None:
    reading = read(ONE[:place] + letter + ONE[place + 1 :])
    if reading.seal is Seal.VERIFIED:
        truth = dict(read(ONE).fields)
        assert {**reading.fields, "tracking_key": ""} == {**truth, "tracking_key": ""}


def test_a_forger_who_seals_with_his_own_key_is_found_out() -> None:
    forger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    sello = attribute("sello")
    chain = attribute("cadenaCDA").replace("3414.95", "9135.00").removesuffix(sello)
    forged = base64.b64encode(forger.sign(chain.encode(), padding.PKCS1v15(), hashes.SHA512())).decode()
    xml = ONE.replace("3414.95", "9135.00").replace(sello, forged)
    assert read(xml).seal is Seal.INVALID
    own = forger.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert read(xml, {SERIAL: own}).seal is Seal.VERIFIED


def sealed_with_accents(encode: Callable[[str], bytes]) -> tuple[str, dict[str, bytes]]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    sello = attribute("sello")
    xml = ONE.replace("Felipe Lopez Hernandez", "FELIPE LÓPEZ NUÑEZ")
    chain = attribute("cadenaCDA", xml).removesuffix(sello)
    new = base64.b64encode(key.sign(encode(chain), padding.PKCS1v15(), hashes.SHA512())).decode()
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return xml.replace(sello, new), {SERIAL: pem}


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_accents_are_read_in_either_spelling(encoding: str) -> None:
    xml, pins = sealed_with_accents(lambda chain: chain.encode(encoding))
    reading = read(xml, pins)
    assert reading.seal is Seal.VERIFIED
    assert reading.fields["sealed_in"] == {"utf-8": "utf-8", "latin-1": "iso-8859-1"}[encoding]


def test_a_file_written_in_latin_1_reads_the_same() -> None:
    xml, pins = sealed_with_accents(lambda chain: chain.encode("latin-1"))
    body = xml.replace('encoding="UTF-8"', 'encoding="ISO-8859-1"').encode("latin-1")
    assert ADAPTER.reads(body)
    assert read(body, pins).seal is Seal.VERIFIED
    assert read(body, pins).fields["beneficiary_name"] == "FELIPE LÓPEZ NUÑEZ"


def test_children_may_come_in_any_order_and_in_a_namespace() -> None:
    head, ben, payer = (re.search(p, ONE) for p in (r"<SPEI_Tercero[^>]*>", r"<Benef[^>]*>", r"<Orden[^>]*>"))
    assert head is not None
    assert ben is not None
    assert payer is not None
    named = head[0].replace("<SPEI_Tercero", '<SPEI_Tercero xmlns="http://www.sat.gob.mx/spei"')
    assert read(f"{named}{payer[0]}{ben[0]}</SPEI_Tercero>").seal is Seal.VERIFIED
    assert read(f"{named}{payer[0]}{ben[0]}{ben[0]}</SPEI_Tercero>").seal is Seal.INVALID


@pytest.mark.parametrize(
    "body",
    [
        b"<SPEI_Tercero",
        b"<SPEI_Tercero/>",
        b'<!DOCTYPE a [<!ENTITY x "y">]><SPEI_Tercero/>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><SPEI_Tercero/>',
        ONE.replace("cadenaCDA", "otra").encode(),
        ONE.replace("||", "|").encode(),
        b'<?xml version="1.0" encoding="no-such"?><SPEI_Tercero/>',
        ONE.encode() + b" " * 300_000,
    ],
)
def test_what_is_broken_is_invalid_and_nothing_breaks(body: bytes) -> None:
    reading = read(body)
    assert reading.seal is Seal.INVALID
    assert reading.reasons[-1] == TRACKING_KEY_NOT_SEALED


def test_the_command_verifies_only_after_the_operator_pinned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGURIPAGO_DATA_DIR", str(tmp_path))
    cep, pem = str(FOLDER / "tipo-01.xml"), str(FOLDER / f"cepbeta_{SERIAL}.pub.pem")
    assert evidence_file.verify_evidence(file=cep)["seal"] == "not_verifiable"
    told = evidence_file.pin(serial=SERIAL, file=pem)
    assert told["spki_sha256"] == "f519ab4319c427c964bbb9ab610429e4aea0fadf8421c408f2c969fece176c17"
    said = json.loads(json.dumps(evidence_file.verify_evidence(file=cep)))
    assert (said["kind"], said["seal"], said["reasons"]) == ("cep", "verified", ["tracking_key_not_sealed"])
    assert said["fields"]["clabe"] == "723969000011000077"


def test_the_command_refuses_a_bad_pin_and_a_missing_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGURIPAGO_DATA_DIR", str(tmp_path))
    pem = str(FOLDER / f"cepbeta_{SERIAL}.pub.pem")
    for serial, file in (("../../etc/x", pem), ("1", pem), (SERIAL, str(FOLDER / "tipo-01.xml"))):
        with pytest.raises(evidence_file.PinUnfit):
            evidence_file.pin(serial=serial, file=file)
    with pytest.raises(evidence_file.EvidenceUnread):
        evidence_file.verify_evidence(file=str(tmp_path / "none.xml"))


@pytest.mark.parametrize(
    ("body", "kind"), [(b"%PDF-1.7", "pdf"), (b"\x89PNG\r\n\x1a\n", "image"), (b"hello", "unknown"), (b"", "unknown")]
)
def test_the_command_names_other_kinds(tmp_path: Path, body: bytes, kind: str) -> None:
    file = tmp_path / "comprobante"
    file.write_bytes(body)
    said = evidence_file.verify_evidence(file=str(file))
    assert (said["kind"], said["seal"], said["fields"], said["reasons"][0]) == (kind, "none", {}, "not_a_cep")


def verified_by_command(folder: Path, body: bytes) -> dict[str, object]:
    """Ask the command about a file with these bytes, in a folder where the test bank is pinned."""
    file = folder / "comprobante"
    file.write_bytes(body)
    return evidence_file.verify_evidence(file=str(file))


@pytest.mark.parametrize(
    ("body", "kind", "seal", "reason"),
    [
        (b"", "unknown", "none", "empty"),
        (b"x" * (10 * 1_048_576 + 1), "unknown", "none", "too_long"),
        (ONE.encode() + b" " * 300_000, "cep", "invalid", "too_long"),
        (b"<?xml version='1.0'?><cfdi:Comprobante/>", "unknown", "none", "not_a_cep"),
        (b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><SPEI_Tercero>&b;</SPEI_Tercero>', "cep", "invalid",
         "forbidden_xml"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><SPEI_Tercero/>', "cep", "invalid", "forbidden_xml"),
        (ONE.encode()[:900], "cep", "invalid", "not_well_formed"),
        ((ONE.replace("UTF-8", "UTF-16")).encode("utf-16"), "cep", "verified", "tracking_key_not_sealed"),
        (b"\x00\x01\x02", "unknown", "none", "not_a_cep"),
    ],
)  # fmt: skip
def test_the_command_has_one_clear_reason_for_every_edge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: bytes, kind: str, seal: str, reason: str
) -> None:
    monkeypatch.setenv("SEGURIPAGO_DATA_DIR", str(tmp_path))
    evidence_file.pin(serial=SERIAL, file=str(FOLDER / f"cepbeta_{SERIAL}.pub.pem"))
    said = verified_by_command(tmp_path, body)
    assert (said["kind"], said["seal"]) == (kind, seal)
    assert reason in said["reasons"]  # type: ignore[operator]


def test_an_account_type_with_a_zero_before_it_is_the_same_type() -> None:
    """A genuine CEP of type 9 says `06` in its chain and `6` in its attribute."""
    sample = Transfer(payer_type="06")
    xml = sample.xml().replace(b'TipoCuenta="06"', b'TipoCuenta="6"')
    assert ADAPTER.read(xml, {BANK: pem()}).seal is Seal.VERIFIED
    other = sample.xml().replace(b'TipoCuenta="06"', b'TipoCuenta="60"')
    assert ADAPTER.read(other, {BANK: pem()}).seal is Seal.INVALID


def test_a_payer_redacted_by_hand_is_invalid_also_without_a_pin() -> None:
    """As in the public sample whose owner hid a name in the attribute and left it in the chain."""
    redacted = Transfer(payer_name="ABC1234 LABS").xml().replace(b'Nombre="ABC1234 LABS"', b'Nombre="ABC123"')
    reading = ADAPTER.read(redacted, {})
    assert reading.seal is Seal.INVALID
    assert reading.reasons[0] == "payer_name_differs_from_chain"


def certificate(serial: int, bits: int = 2048) -> bytes:
    """A certificate that signs itself, with this number."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Banco de las pruebas")])
    start = datetime(2024, 1, 1, tzinfo=UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), serial, start, start + timedelta(days=9_000))
    return built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def test_a_pin_is_rsa_of_2048_bits_of_that_very_number_and_tells_its_fingerprint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEGURIPAGO_DATA_DIR", str(tmp_path / "data"))
    number = int.from_bytes(SERIAL.encode(), "big")
    for name, body in (
        ("short", certificate(number, 1024)),
        ("long", certificate(number, 3072)),
        ("other", certificate(number + 1)),
        ("none", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        ("private", PRIVATE),
    ):
        (tmp_path / name).write_bytes(body)
        with pytest.raises(evidence_file.PinUnfit):
            evidence_file.pin(serial=SERIAL, file=str(tmp_path / name))
    good = tmp_path / "good"
    good.write_bytes(certificate(number))
    told = evidence_file.pin(serial=SERIAL, file=str(good))
    assert (told["key"], told["replaced"], len(str(told["spki_sha256"]))) == ("RSA-2048", False, 64)
    good.write_bytes(certificate(number))
    assert evidence_file.pin(serial=SERIAL, file=str(good))["replaced"] is True


PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)
