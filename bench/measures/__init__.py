"""One file a measure: `measure(site, fast=…)` gives figures."""

from bench.measures import bulk, chat, deposits, first_page, growth, orders, reconnect, streams, sustained, widget

MEASURES = {
    "widget": widget.measure,
    "orders": orders.measure,
    "deposits": deposits.measure,
    "sustained": sustained.measure,
    "chat": chat.measure,
    "streams": streams.measure,
    "reconnect": reconnect.measure,
    "first_page": first_page.measure,
    # Last: what comes after it would live among a million orders.
    "growth": growth.measure,
    "bulk": bulk.measure,
}
