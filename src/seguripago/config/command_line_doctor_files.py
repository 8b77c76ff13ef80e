"""What `seguripago doctor` says of strangers' files and of parcels: who looks at them, who moves them."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from seguripago.config import wiring
from seguripago.journey.delivery.queries import count_on_the_way
from seguripago.ports import registry
from seguripago.ports.carriers import carriers, is_simulated
from seguripago.ports.receipt_readers import FAMILY as READERS
from seguripago.ports.scanners import NotScanned, scanner


def scanner_answers() -> Iterator[str]:
    """A configured clamd is asked to look at a few bytes: a port that listens is not enough."""
    address = settings.SEGURIPAGO.clamd_address
    if not address:
        return
    wiring.connect()
    found = scanner("clamav").scan(b"seguripago doctor")
    if isinstance(found, NotScanned):
        yield (
            f"El antivirus de CLAMD_ADDRESS ({address}) no contesta: {found.reason}. Lo que suben los compradores"
            " espera sin mostrarse: enciende clamd o corrige la dirección."
        )


def readers_work() -> Iterator[str]:
    """What reads pictures is there with its models; nothing of it is loaded."""
    if not settings.SEGURIPAGO.reads_pictures:
        return
    wiring.connect()
    for reader in registry.adapters(READERS).values():
        trouble = reader.trouble() if hasattr(reader, "trouble") else ""
        if trouble:
            yield (
                f"No se pueden leer comprobantes en imagen: {trouble}. Instala de nuevo el paquete, o pon"
                " SEGURIPAGO_OCR=off para que los lea una persona."
            )


def carriers_are_real() -> Iterator[str]:
    """Outside of the demo nobody moves a parcel that was sent with a carrier that only plays."""
    if settings.SEGURIPAGO.demo:
        return
    wiring.connect()
    for slug, carrier in carriers().items():
        count = count_on_the_way(slug) if is_simulated(carrier) else 0
        if count:
            yield (
                f"{count} envíos en camino van con {carrier.label}, que solo existe en la demostración: nadie los"
                " sigue. Márcalos entregados o de regreso en /oficina/envios/ y envíalos con una paquetería real."
            )
