"""What a sentence of a buyer means. Deterministic: words of Mexican Spanish, without accents or case."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from seguripago.values import order_number
from seguripago.values.steps import Preference

from .moves import Heard, Intent


def plain(text: str) -> str:
    """Lower case without accents, single spaces."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    letters = "".join(character for character in decomposed if not unicodedata.combining(character))
    return re.sub(r"\s+", " ", letters).strip()


def understand(text: str) -> Heard:
    """Read a sentence: order numbers, yes or no, a way to pay, and the questions that have an answer."""
    said = plain(text)
    intents = tuple(intent for intent, pattern in _INTENTS if pattern.search(said))
    if Intent.REJECTS in intents and Intent.ACCEPTS in intents:
        intents = tuple(intent for intent in intents if intent is not Intent.ACCEPTS)
    return Heard(text=text, numbers=tuple(order_number.find_all(text)), intents=intents, medium=_medium(said))


def _medium(said: str) -> Preference | None:
    if not _WISH.search(said):
        return None
    for preference, pattern in _MEDIA:
        if pattern.search(said):
            return preference
    return None


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(alternatives) + r")\b")


_WISH: Final = _words(
    "prefiero", "mejor", "quiero", "quisiera", "cambi\\w*", "puedo", "voy a", "pagare", "pagar con", "pagar por"
)
_MEDIA: Final = (
    (Preference.LINK, _words("link", "liga", "enlace")),
    (Preference.CARD, _words("tarjeta", "debito", "credito")),
    (Preference.SPEI, _words("transferencia", "transferir", "spei", "transfiero")),
)

_INTENTS: Final = (
    (
        Intent.PERSON,
        _words(
            "(?:hablar|platicar|comunicar\\w*|contact\\w*|atien\\w*) con (?:una? )?"
            "(?:persona|analista|humano|asesora?|ejecutiv[oa]|alguien)",
            "(?:una|un) (?:persona|analista|humano|asesor|asesora) (?:real|de verdad|por favor)",
            "quiero (?:un|una) (?:persona|analista|humano|asesor|asesora)",
            "agente",
            "no eres (?:una )?persona",
            "persona real",
        ),
    ),
    (
        Intent.MY_PAYMENT,
        _words(
            "no (?:aparece|se refleja|veo|han? recibido|llega|ha llegado|me aparece)(?: \\w+){0,3} "
            "(?:pago|transferencia|deposito|dinero)",
            "(?:mi|el) (?:pago|transferencia|deposito) (?:no|todavia no|aun no|sigue sin)",
            "donde (?:esta|quedo) mi (?:pago|transferencia|deposito|dinero)",
            "(?:ya|si) (?:llego|recibieron|cayo|aparecio|se reflejo)(?: \\w+){0,2} (?:pago|transferencia|deposito)",
            "recibieron mi (?:pago|transferencia|deposito)",
        ),
    ),
    (
        Intent.TRANSFERRED,
        _words(
            "ya (?:transferi|pague|deposite|hice (?:el|la|mi) (?:pago|transferencia|deposito)|mande|envie el dinero)",
            "acabo de (?:transferir|pagar|depositar)",
        ),
    ),
    (Intent.INVOICE, _words("factura\\w*", "cfdi", "rfc", "constancia(?: fiscal)?", "uso g0\\d")),
    (
        Intent.WARRANTY,
        _words(
            "garanti\\w+", "devoluci\\w+", "devolver", "reembols\\w+", "defect\\w+", "confiable", "fraude", "estafa"
        ),
    ),
    (
        Intent.DELIVERY,
        _words(
            "cuando llega\\w*",
            "entrega\\w*",
            "envio\\w*",
            "envian",
            "rastreo del (?:envio|paquete)",
            "paqueteria",
            "tarda\\w* en llegar",
            "cuanto tarda\\w*",
            "mi paquete",
        ),
    ),
    (
        Intent.STOCK,
        _words(
            "existencia\\w*",
            "disponible\\w*",
            "hay (?:en )?(?:stock|inventario)",
            "tienen (?:en )?(?:stock|existencia)",
            "agotad[oa]s?",
            "stock",
        ),
    ),
    (
        Intent.HOW_TO_PAY,
        _words(
            "como (?:pago|puedo pagar|se paga|hago el pago|transfiero|le hago)",
            "formas? de pago",
            "medios? de pago",
            "donde (?:pago|deposito|transfiero)",
            "datos bancarios",
            "cuenta (?:para )?(?:depositar|transferir)",
            "clabe",
            "a que cuenta",
            "numero de cuenta",
            "cuanto (?:pago|debo|es|seria)",
        ),
    ),
    (
        Intent.REJECTS,
        _words(
            "corregir",
            "correccion",
            "incorrect[oa]s?",
            "esta mal",
            "hay un error",
            "equivocad[oa]s?",
            "no es correcto",
            "no esta bien",
            "cambiar (?:mi|la|el|los) (?:direccion|datos|nombre|telefono|correo|domicilio)",
        ),
    ),
    (
        Intent.ACCEPTS,
        re.compile(
            r"^(?:si+|ok(?:ay)?|va|vale|claro|correcto|perfecto|de acuerdo|acepto|confirmo|confirmado|adelante|asi es"
            r"|excelente)\b(?!.*\bpero\b)|\btodo (?:esta )?(?:correcto|bien|en orden|perfecto)\b"
            r"|\besta (?:correcto|bien|perfecto)\b|\bsi,? (?:acepto|confirmo)\b"
        ),
    ),
    (Intent.THANKS, _words("gracias", "muchas gracias", "mil gracias", "te agradezco")),
    (Intent.GREETING, re.compile(r"^(?:hola|buen(?:os|as)? (?:dias?|tardes?|noches?)|que tal|buenas|hey|saludos)\b")),
)
