"""The tags and filters of every page: money, moments, icons, QR codes, pictures."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache, lru_cache

import segno
from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from seguripago.values.address import Address
from seguripago.values.calendar import MEXICO
from seguripago.values.clabe import pretty
from seguripago.values.money import Money
from seguripago.values.order_number import bare as bare_number

register = template.Library()


@register.filter
def money(amount: Money | None) -> str:
    """Write an amount as a person reads it: `$9,135.00`."""
    return "" if amount is None else str(amount)


@register.filter
def plain(amount: Money | None) -> str:
    """Write an amount as a bank's form takes it: `9135.00`."""
    return "" if amount is None else amount.plain


@register.filter
def clabe(account: str) -> str:
    """Write a CLABE in its parts: `646 180 11570029421 7`."""
    return pretty(account)


@register.filter
def bare(number: str) -> str:
    """Write an order number without hyphens, as a bank's concept takes it."""
    return bare_number(number)


def _local(at: datetime) -> datetime:
    return timezone.localtime(at, MEXICO)


def _is_english() -> bool:
    return (get_language() or "es").startswith("en")


def _written(day: date, english: str, spanish: str) -> str:
    """Write a day by the pattern of the language; Spanish months have no capital."""
    return date_format(day, english) if _is_english() else date_format(day, spanish).lower()


@register.filter
def clock(at: datetime | None) -> str:
    """Write the hour in central Mexico: `11:42`."""
    return "" if at is None else _local(at).strftime("%H:%M")


@register.filter
def seconds(at: datetime | None) -> str:
    """Write the hour with its seconds: `11:42:07`."""
    return "" if at is None else _local(at).strftime("%H:%M:%S")


@register.filter
def long_day(day: date | datetime | None) -> str:
    """Write a day in full: `22 de noviembre de 2026`."""
    if day is None:
        return ""
    local = _local(day) if isinstance(day, datetime) else day
    return _written(local, "F j, Y", r"j \d\e F \d\e Y")


@register.filter
def day(day: date | datetime | None) -> str:
    """Write a day without its year: `22 de noviembre`."""
    if day is None:
        return ""
    local = _local(day) if isinstance(day, datetime) else day
    return _written(local, "F j", r"j \d\e F")


@register.filter
def moment(at: datetime | None) -> str:
    """Write a moment in full: `22 de noviembre de 2026, 11:42`."""
    return "" if at is None else f"{long_day(at)}, {clock(at)}"


@register.filter
def short_moment(at: datetime | None) -> str:
    """Write a moment shortly: `22 nov., 11:42`; only the hour when it is today."""
    if at is None:
        return ""
    local = _local(at)
    if local.date() == timezone.localdate(timezone=MEXICO):
        return _("hoy, %(clock)s") % {"clock": clock(at)}
    return f"{_written(local, 'M j', 'j M')}, {clock(at)}"


@register.filter
def iso(at: datetime | None) -> str:
    """Write a moment for `<time datetime>`."""
    return "" if at is None else at.isoformat()


@register.filter
def seconds_left(until: datetime | None) -> int:
    """Count the whole seconds until a moment, never below zero."""
    return 0 if until is None else max(0, int((until - timezone.now()).total_seconds()))


@register.filter
def countdown(until: datetime | None) -> str:
    """Write what is left until a moment: `1:42:18`."""
    left = seconds_left(until)
    hours, minutes = left // 3600, left // 60 % 60
    return f"{hours}:{minutes:02d}:{left % 60:02d}" if hours else f"{minutes}:{left % 60:02d}"


@register.filter
def warranty(days: int) -> str:
    """Write how long a warranty lasts: `24 meses`, `90 días`."""
    if days >= 180:
        months = round(days * 12 / 365)
        return ngettext("%(n)s mes", "%(n)s meses", months) % {"n": months}
    return ngettext("%(n)s día", "%(n)s días", days) % {"n": days}


@register.filter
def percent(basis_points: int) -> str:
    """Write a rate of basis points: `16 %`."""
    return f"{basis_points // 100} %"


@register.filter
def one_line(address: Address) -> str:
    """Write an address in one line."""
    return address.one_line


@cache
def _sprite() -> str:
    """Answer the address of the sprite; it is asked for dozens of times a page."""
    return static("icons.svg")


@cache
def _icon(name: str, size: int, weight: str) -> SafeString:
    return format_html(
        '<svg class="i{}" width="{}" height="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f" {weight}" if weight else "",
        size,
        size,
        _sprite(),
        name,
    )


@register.simple_tag
def icon(name: str, size: int = 18, weight: str = "") -> SafeString:
    """Draw an icon of the sprite; it is an ornament, so readers do not hear it. `weight` is `bold` or nothing."""
    return _icon(name, size, weight)


@register.simple_tag
def logo(height: int = 21) -> SafeString:
    """Draw the logo of Connect@me PAY."""
    return format_html(
        '<svg class="logo" width="{}" height="{}" role="img" aria-label="Connect@me PAY">'
        '<use href="{}#logo"></use></svg>',
        height * 7,
        height,
        _sprite(),
    )


@register.simple_tag
def picture(slug: str, css_class: str = "", lazy: bool = False) -> SafeString:
    """Show a product's picture; its name is always beside it, so the alternative text is empty."""
    source = slug if "/" in slug else static(f"shop/products/{slug}.svg") if slug else static("shop/no-picture.svg")
    return format_html(
        '<img class="{}" src="{}" alt="" width="140" height="140"{}>',
        css_class,
        source,
        mark_safe(' loading="lazy" decoding="async"') if lazy else "",
    )


@lru_cache(maxsize=512)
def _qr(text: str) -> str:
    drawn = segno.make(text, error="m", micro=False)
    return str(drawn.svg_inline(scale=1, border=0, omitsize=True, svgclass=None, lineclass=None))


@register.simple_tag
def qr(text: str, label: str) -> SafeString:
    """Draw a QR code as inline SVG, without styles, named for readers."""
    # The same page is drawn again each time its order changes, and its QR never does.
    return format_html('<span class="qr" role="img" aria-label="{}">{}</span>', label, mark_safe(_qr(text)))  # noqa: S308


@register.simple_tag
def copy(text: str, label: str) -> SafeString:
    """Offer a button that copies `text`; `label` says what, for readers."""
    return format_html(
        '<button class="copy" type="button" data-copy="{}" aria-label="{}">{}<span data-copied="{}">{}</span></button>',
        text,
        label,
        icon("copy", 16),
        _("Copiado"),
        _("Copiar"),
    )
