"""The phrase of a payment link: a few words that a person compares between the chat, the mail and the page. Pure."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

_WORDS: Final = """
    abeja abril acequia adobe agave aguacate ajonjolí alameda albahaca alcatraz alebrije alfarero algodón almendra
    amapola amate arcoíris arena arroyo azucena bahía balcón barro brisa bugambilia cacao cactus calandria camino
    campana candela canela caracol cascada ceiba cenote cerezo chía ciruela clavel cobre colibrí cometa copal
    coral cosecha cántaro dalia durazno encino espiga estrella faro fogata fresno fuente gardenia girasol
    golondrina granada guayaba guitarra hacienda higuera hoja huerta isla jacaranda jade jazmín jícama jícara
    laguna lavanda limón lirio llano lluvia luciérnaga luna maguey mango manzana marimba mariposa maíz mezquite
    miel milpa molino montaña naranja nogal nopal nube obsidiana olivo orquídea palma papalote pino piñata playa
    pozo puente quetzal rebozo roble romero río sabana sandía selva semilla sendero sierra sombrero tambor tejado
    telar tortuga trigo vainilla valle viento violeta volcán zapote
"""
WORDS: Final = tuple(_WORDS.split())
"""128 words that everybody in Mexico can read aloud: three of them are two million phrases."""


def phrase(seed: bytes, handle: str) -> str:
    """Give the phrase of a link. Without the store's seed nobody makes the phrase that belongs to a handle."""
    digest = hmac.new(seed, f"seguripago link phrase\x1f{handle}".encode(), hashlib.sha256).digest()
    chosen: list[str] = []
    for byte in digest:
        word = WORDS[byte % len(WORDS)]
        if word not in chosen:
            chosen.append(word)
        if len(chosen) == 3:
            break
    return " ".join(chosen)
