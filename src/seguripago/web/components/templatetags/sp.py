"""The tags and filters of every page: money, moments, icons, QR codes, pictures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Final

import segno
from django import template
from django.conf import settings
from django.template import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from seguripago.values.address import Address
from seguripago.values.calendar import MEXICO
from seguripago.values.clabe import pretty
from seguripago.values.money import Money
from seguripago.values.order_number import bare as bare_number
from seguripago.web.integrity import integrity

register = template.Library()


@register.simple_tag(takes_context=True)
def script(context: Context, file: str, *, at_once: bool = False, module: bool = False, **data: object) -> SafeString:
    """Run a script of ours when the page is read, or `at_once`, and nothing else in its place: its hash is named.

    What else is told becomes `data-…` attributes.
    """
    how = mark_safe('type="module"') if module else "" if at_once else "defer"
    return _script(context, static(file), integrity(file), how, data)


@register.simple_tag(takes_context=True)
def assistant_script(context: Context, store_slug: str, **data: object) -> SafeString:
    """Run the chat's loader, on its own origin if it has one. The address changes with it: old copies are kept long."""
    known = integrity("assistant/loader.js")
    address = f"{assistant_origin()}/asistente.js?v={known[7:19].translate(_IN_ADDRESS)}"
    return _script(context, address, known, mark_safe('crossorigin="anonymous" async'), {"store": store_slug, **data})


@register.simple_tag(takes_context=True)
def gateway_script(context: Context, address: str) -> SafeString:
    """Run a gateway's own script: gateways change theirs when they like, so no hash is promised."""
    nonce = context.get("csp_nonce", "")
    return format_html('<script src="{}" nonce="{}" defer data-card-sdk></script>', address, nonce)


_IN_ADDRESS: Final = str.maketrans("+/", "-_")


def _script(context: Context, address: str, known: str, how: str, data: Mapping[str, object]) -> SafeString:
    told = format_html_join("", ' data-{}="{}"', ((name.replace("_", "-"), value) for name, value in data.items()))
    nonce = context.get("csp_nonce", "")
    return format_html('<script src="{}" integrity="{}" nonce="{}" {}{}></script>', address, known, nonce, how, told)


@register.simple_tag
def assistant_origin() -> str:
    """Where the chat's loader and frame live, empty when it is here."""
    return settings.SEGURIPAGO.assistant_origin


@register.simple_tag
def site() -> str:
    """Where the shop's pages live, as the frame of the chat must name it: empty when it is here."""
    return settings.SEGURIPAGO.base_url if settings.SEGURIPAGO.assistant_origin else ""


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
def day_before(first: date | datetime, last: date | datetime) -> str:
    """Write the first day of a span as short as its last one lets it be: `25`, when that is the `27 de noviembre`."""
    one, other = (_local(each) if isinstance(each, datetime) else each for each in (first, last))
    if _is_english() or (one.year, one.month) != (other.year, other.month):
        return day(one)
    return str(one.day)


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
def span(length_s: float | None) -> str:
    """Write how long something took: `45 s`, `3 min 20 s`, `2 h 05 min`, `3 d 4 h`, `5 min`; a dash for nothing."""
    if length_s is None:
        return "—"
    whole = max(0, int(length_s))
    for unit, name, part, part_name in ((86_400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= unit:
            rest = whole % unit // part
            return f"{whole // unit} {name} {rest:02d} {part_name}" if rest else f"{whole // unit} {name}"
    return f"{whole} s"


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
def _qr(text: str, error: str) -> str:
    drawn = segno.make(text, error=error, micro=False)
    return str(drawn.svg_inline(scale=1, border=0, omitsize=True, svgclass=None, lineclass=None))


@register.simple_tag
def qr(text: str, label: str, error: str = "m") -> SafeString:
    """Draw a QR code as inline SVG, without styles, named for readers. `error` `l` makes a long text's dots larger."""
    # The same page is drawn again each time its order changes, and its QR never does.
    return format_html('<span class="qr" role="img" aria-label="{}">{}</span>', label, mark_safe(_qr(text, error)))  # noqa: S308


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
