"""A saved reply as the office types it, and the sentence for everything that keeps it from being saved."""

from __future__ import annotations

from typing import Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seguripago.journey.assistance.commands import WriteCannedReply
from seguripago.journey.assistance.rules import LONGEST_CANNED, LONGEST_TITLE

from .forms import OfficeForm

EXAMPLES: Final[dict[str, Promise]] = {
    "nombre": gettext_lazy("Lucía"),
    "pedido": gettext_lazy("CM-7K3F-92QX"),
    "monto": gettext_lazy("$9,135.00"),
    "analista": gettext_lazy("Mariana Ríos"),
    "tienda": gettext_lazy("tu tienda"),
    "entrega": gettext_lazy("entre el 25 y el 27 nov 2026"),
}
"""What a preview shows where no conversation is open."""

MEANINGS: Final[dict[str, Promise]] = {
    "nombre": gettext_lazy("nombre del comprador"),
    "pedido": gettext_lazy("No. de Pedido verificado"),
    "monto": gettext_lazy("total del pedido"),
    "analista": gettext_lazy("quien responde"),
    "tienda": gettext_lazy("nombre de la tienda"),
    "entrega": gettext_lazy("días prometidos de entrega"),
}


class CannedReplyForm(OfficeForm):
    """Command, title, text, and whether the desk sees it."""

    command = forms.CharField(
        label=gettext_lazy("Atajo"),
        max_length=21,
        help_text=gettext_lazy("Letras minúsculas y números, sin espacios. En la mesa se escribe /atajo."),
        error_messages={"required": gettext_lazy("Escribe un atajo.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "in"}),
    )
    title = forms.CharField(
        label=gettext_lazy("Título"),
        max_length=LONGEST_TITLE,
        error_messages={"required": gettext_lazy("Escribe un título.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "in"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Texto"),
        max_length=LONGEST_CANNED,
        error_messages={"required": gettext_lazy("Escribe el texto.")},
        widget=forms.Textarea(attrs={"rows": 6, "class": "in"}),
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("La mesa la puede usar"),
        required=False,
        initial=True,
        widget=forms.CheckboxInput(attrs={"class": ""}),
    )

    def asked(self) -> WriteCannedReply:
        """What was typed, for the chat's room."""
        wish = self.cleaned_data
        return WriteCannedReply(wish["command"], wish["title"], wish["text"], wish["is_active"])

    def say_wrong(self, wrong: tuple[str, ...]) -> None:
        """Put each reason beside its field."""
        said = {
            "command": ("command", _("De 1 a 20 letras minúsculas o números, sin acentos ni espacios.")),
            "title": ("title", _("Escribe un título de hasta 60 caracteres.")),
            "text": ("text", _("Escribe un texto de hasta 2,000 caracteres.")),
            "variable": ("text", _("Solo se conocen estas variables: %(names)s.") % {"names": known_variables()}),
            "braces": ("text", _("Hay una llave { o } sin pareja.")),
            "digits": (
                "text",
                _("Parece llevar una CLABE o un número de tarjeta: los datos bancarios solo van en su tarjeta."),
            ),
        }
        for reason in wrong:
            self.add_error(*said[reason])


def known_variables() -> str:
    return " ".join(f"{{{name}}}" for name in MEANINGS)
