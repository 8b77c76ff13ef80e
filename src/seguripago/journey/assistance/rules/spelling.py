"""What people type on a telephone, in the words that the patterns know: no accents, short forms and slips undone."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_SHORT: Final = {
    "q": "que", "k": "que", "ke": "que", "qe": "que", "x": "por", "xq": "porque", "pq": "porque", "xk": "porque",
    "d": "de", "dl": "del", "dnd": "donde", "dond": "donde", "cdo": "cuando", "cuand": "cuando", "kuando": "cuando",
    "cuanto": "cuanto", "kuanto": "cuanto", "bn": "bien", "grax": "gracias", "grcs": "gracias", "thx": "gracias",
    "thanks": "gracias", "xfa": "por favor", "xfavor": "por favor", "porfa": "por favor", "porfavor": "por favor",
    "porfis": "por favor", "pls": "por favor", "please": "por favor", "plis": "por favor", "pf": "por favor",
    "tmb": "tambien", "tb": "tambien", "transf": "transferencia", "trans": "transferencia", "dep": "deposito",
    "hize": "hice", "ise": "hice", "ice": "hice", "yega": "llega", "yego": "llego", "aki": "aqui", "ay": "hay",
    "ai": "hay", "hai": "hay", "fact": "factura", "tel": "telefono", "cel": "telefono", "num": "numero",
    "tarj": "tarjeta", "tdc": "tarjeta", "tdd": "tarjeta", "toy": "estoy", "ta": "esta", "tan": "estan", "pa": "para",
    "msi": "meses sin intereses", "okey": "ok", "okay": "ok", "oki": "ok", "okis": "ok", "sip": "si", "sipi": "si",
    "sii": "si", "seh": "si", "simon": "si", "yes": "si", "yep": "si", "arre": "si", "dale": "va", "sale": "sale",
    "correto": "correcto", "coreto": "correcto", "done": "listo", "asta": "hasta",
    "ora": "hora", "oras": "horas", "pasame": "pasame", "kiero": "quiero",
    "ia": "ya", "iva": "iva", "ocupo": "necesito",
}  # fmt: skip

# Words that the patterns wait for. A word of six letters or more that is one slip away from just one of them is it.
_WORDS: Final = frozenset(
    """necesito necesitamos factura facturar facturas facturan facturacion garantia garantias garantizado transferencia
    transferencias transferi transferir transfiero transferido deposito deposite depositar depositos depositado
    comprobante existencia existencias disponible disponibles disponibilidad inventario entrega entregan entregar
    tarjeta correcto correcta correctos correctas incorrecto incorrecta persona personas cancelar cancelen cancela
    cancelacion direccion direcciones domicilio telefono reembolso reembolsan devolucion devoluciones devolver
    devuelven equivocado equivocada equivoque corregir correccion confirmo confirmar confirman acepto acuerdo
    perfecto excelente adelante bancarios paqueteria rastreo rastrear paquete repartidor horario horarios atienden
    analista asesor ejecutivo humano supervisor defectuoso danado confiable fraude estafa estafar efectivo intereses
    concepto encriptado enlace credito debito agotado agotada cuando cuanto cuantos cuantas gracias buenos buenas
    aparece refleja reflejo reflejado reflejarse recibieron recibido acreditado numero cuenta codigo postal nombre
    correo apellido seguro segura quiero prefiero mejor monterrey envios envian enviaron enviar mandaron mandame
    pedido pedidos compra comprar comprado pagar pagado pagaron hablar alguien llamar escrito cambiar cambio cambia
    momento manana espera espere todavia tiempo tiempos piezas quedan queda revise revisar
    cuesta cuestan""".split()  # noqa: SIM905
)


def plain(text: str) -> str:
    """Lower case without accents, single spaces."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    letters = "".join(character for character in decomposed if not unicodedata.combining(character))
    return re.sub(r"\s+", " ", letters).strip()


def spelled(text: str) -> str:
    """The sentence as the patterns read it: plain, short forms written out, slips of one letter put right."""
    said = re.sub(r"([a-z])\1{2,}", r"\1", plain(text))
    return re.sub(r"[a-z]+", lambda match: _word(match[0]), said)


@lru_cache(maxsize=4096)
def _word(word: str) -> str:
    if word in _SHORT:
        return _SHORT[word]
    if len(word) < 6 or word in _WORDS:
        return word
    near = {
        known for known in _WORDS if abs(len(known) - len(word)) <= 1 and len(known) >= 6 and _one_slip(word, known)
    }
    # The plural, the gender and the person of a word are no slips.
    near = {known for known in near if known[:-1] != word[:-1] and known != word + "s" and known + "s" != word}
    return near.pop() if len(near) == 1 else word


def _one_slip(word: str, known: str) -> bool:
    """Whether one letter more, less, other, or two that changed places make one word of the other."""
    if len(word) == len(known):
        differing = [place for place in range(len(word)) if word[place] != known[place]]
        if len(differing) <= 1:
            return True
        first, last = differing[0], differing[-1]
        return len(differing) == 2 and last == first + 1 and word[first] == known[last] and word[last] == known[first]
    longer, shorter = (word, known) if len(word) > len(known) else (known, word)
    return any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))
