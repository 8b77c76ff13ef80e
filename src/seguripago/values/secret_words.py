"""The Spanish words around a secret: how people in Mexico write a card, a code, a password, an account to pay to."""

from __future__ import annotations

import re
from typing import Final

SPELLED: Final = "cero|uno|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve"

CARD_WORDS: Final = re.compile(
    r"tarjeta|master\s?card|american express|(?<![^\W\d_])(?:tarj|visa|master|amex|carnet|pl[aá]stico|card|tdc|tdd"
    r"|cvv|cvc|d[eé]bito|cr[eé]dito|din{1,2}ers)2?(?![^\W\d_])",
    re.IGNORECASE,
)
CLABE_WORDS: Final = re.compile(r"\bclabe\b|\bcuenta\b|\bcta\b", re.IGNORECASE)
GUIDE_WORDS: Final = re.compile(
    r"(?:gu[ií]a|rastreo|rastrear|tracking|folio|autorizaci[oó]n|referencia|serie|s/n|imei|estafeta|fedex|dhl|paquete)"
    r"\W{0,3}(?:(?:n[uú]mero|no|n[uú]m|es|la|el|de|con)\W{1,3}){0,3}$",
    re.IGNORECASE,
)

_FILLER: Final = (
    r"(?:de|del|la|el|los|las|mi|tu|su|mis|es|son|era|fue|que|me|te|llego|lleg[oó]|llegaron|mandaron|mand[oó]|enviaron"
    r"|envi[oó]|sali[oó]|aparece|aparecio|dieron|dio|dice|tarjeta|banco|bbva|banamex|santander|banorte|hsbc|nu|app"
    r"|por|en|al|sms|mensaje|texto|correo|whats|whatsapp|cajero|atr[aá]s|reverso|parte|trasera|din[aá]mic[oa]|digital"
    r"|seguridad|verificaci[oó]n|confirmaci[oó]n|acceso|validaci[oó]n|un|uso|solo|[uú]nic[oa]|n[uú]mero|num|no|aqu[ií]"
    r"|va|vence|entrar|para|este|esta|ahora|hoy|ya|otp|token|visa|d[eé]bito|cr[eé]dito|abajo|pide|ser[ií]a|celular"
    r"|plastico|pl[aá]stico|cel|porfa|oye|creo|ahi|ah[ií])"
)
_BETWEEN: Final = rf"(?:[\s:=,.#\-–—()\"'*]*\b{_FILLER}\b){{0,9}}[\s:=,.#\-–—()\"'*]*"
_CODE: Final = (
    rf"(?P<code>(?<![0-9A-Za-z])(?:\d[\s\-.]?){{2,7}}\d(?![0-9A-Za-z])"
    rf"|(?:(?:{SPELLED})[\s,]+){{2,7}}(?:{SPELLED})\b)"
)
CODES: Final = (
    re.compile(
        rf"(?P<words>\b(?:cvv2?|cvc2?|cvn|csc|cid|ccv|nip|pin|otp|token|tok[eé]n|2fa)\b{_BETWEEN}){_CODE}",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?P<words>\b(?:c[oó]digo|clave|n[uú]mero|numerito|d[ií]gitos|contrase[nñ]a|password|pass|pwd)s?"
        r"(?=(?:\s+[^\W\d]+){0,9}?[\s:=]*(?:\d|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve))"
        r"(?:\s+(?:de\s+(?:verificaci[oó]n|seguridad|acceso|confirmaci[oó]n|validaci[oó]n|un\s+solo\s+uso|mi\s+banco|banco"
        r"|la\s+app|mi\s+app|mi\s+banca|atr[aá]s)|de\s+la\s+parte\s+(?:de\s+)?(?:atr[aá]s|trasera)|sms|otp|din[aá]mic[oa]"
        r"|secret[oa]|bancari[oa]|digital|que\s+(?:me|te)\s+(?:lleg[oó]|mand[oó]|mandaron|enviaron|envi[oó]|dio|dieron|pide)"
        r"|del\s+(?:banco|cajero|token|sms|mensaje|reverso|celular)|(?:de\s+)?atr[aá]s))"
        rf"{_BETWEEN}){_CODE}",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?P<words>\b(?:c[oó]digo|contrase[nñ]a|password|pwd)\s*(?:[:=]|es\b|son\b)\s*(?:el\s+|la\s+)?|\bc[oó]digo\s+)"
        r"(?P<code>(?<![0-9A-Za-z])\d[\d\-]{2,9}(?![0-9A-Za-z\-]))",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?P<words>\b(?:3|tres|4|cuatro|[uú]ltimos\s+(?:3|tres)|6|seis)\s+(?:n[uú]meros?|numeritos|d[ií]gitos)"
        rf"\s+(?:de\s+(?:atr[aá]s|seguridad)|del\s+reverso|de\s+la\s+parte\s+(?:de\s+)?(?:atr[aá]s|trasera)){_BETWEEN}){_CODE}",
        re.IGNORECASE,
    ),
)
REVERSED: Final = re.compile(
    r"(?<![0-9A-Za-z$.,\-])\d{3,8}(?![0-9A-Za-z])(?P<rest>\s*,?\s*(?:(?:ese|este|eso|esto|y)\s+)?(?:es|era|ser[ií]a)\s+"
    r"(?:mi|el|la|tu|su)\s+(?:cvv2?|cvc2?|nip|pin\b|otp|token|c[oó]digo\s+(?:de\s+(?:seguridad|verificaci[oó]n|acceso)"
    r"|que|del\s+(?:banco|sms)|sms)|contrase[nñ]a|clave\s+(?:din[aá]mica|de\s+acceso)))",
    re.IGNORECASE,
)
PASSWORDS: Final = re.compile(
    r"(?P<words>\b(?:contrase[nñ]a|contra|password|passw|pass|pwd|clave\s+de\s+acceso|clave\s+secreta)"
    r"(?:\s+(?:de|del|para|en)\s+(?:(?:mi|la|el|tu)\s+)?[^\W\d]+){0,2}\s*(?:[:=]|\bes\b)\s*)"
    r"(?!(?:incorrecta|correcta|muy|la|el|una|un|no|para|mi|segura|otra|que|nueva)\b|•)[^\s•]{4,}",
    re.IGNORECASE,
)

ACCOUNT: Final = re.compile(
    r"\b(?:cuenta|cta|no\.?\s*de\s*cuenta|n[uú]mero\s+de\s+cuenta)\b\.?(?:\W+(?:es|la|el|de|n[uú]mero|num|no|bbva|banamex"
    r"|santander|banorte|hsbc|azteca|coppel|inbursa|nu|banco|citibanamex|bancomer|scotiabank|nuev[ao]|personal|otra|correcta"
    r"|buena|mi|tu|su|esta|en|a|nombre)\b){0,5}\W{0,4}"
    r"(?<!\d)(?:\d[\s\-.]?){9,10}\d(?!\d)",
    re.IGNORECASE,
)
_PHONE: Final = r"(?<!\d)(?:\+?52[\s\-]?)?(?:1[\s\-])?\(?(?:\d[\s\-.()]{0,2}){9}\d(?!\d)"
PHONE_PAY: Final = re.compile(
    r"(?:\bdimo\b|\bcodi\b)[^\n]{0,60}?" + _PHONE + r"|"
    r"\b(?:transfiere\w*|transfieran?|transferir\w*|transfer[ií]\w*|deposita\w*|deposite\w*|dep[oó]s[ií]t\w*|p[aá]g[au]\w*|pagar\w*"
    r"|(?:manda|mand[ae]|env[ií]a|env[ií]e|haz|haga)\w*\s+(?:el|tu|su|la)\s+(?:pago|dinero|transferencia|dep[oó]sito|spei))\b"
    r"(?:(?!\b(?:llama|ll[aá]ma\w*|marca\w*|whats\w*|comun[ií]ca\w*|contacto|contacta\w*|escr[ií]be\w*|dudas?|tel[eé]fono\s+de\s+la|rastreo|gu[ií]a"
    r"|reporta\w*|pedido|aclaraci\w*|atenci\w*|recoge\w*|rfc)\b)[^\n]){0,60}?"
    + _PHONE
    + r"|"
    + _PHONE
    + r"[^\n]{0,30}\b(?:ah[ií]|a\s+ese|en\s+ese|a\s+este)\b"
    r"[^\n]{0,20}\b(?:transfiere|deposita|paga|manda|transferir|depositar)\w*",
    re.IGNORECASE,
)
