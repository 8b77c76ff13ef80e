"""One file a measure: `measure(site, fast=…)` gives figures."""

from bench.measures import (
    bulk,
    channels,
    chat,
    deposits,
    desk,
    first_page,
    growth,
    idle,
    links,
    orders,
    receipts,
    reconnect,
    streams,
    sustained,
    widget,
)

MEASURES = {
    "widget": widget.measure,
    "orders": orders.measure,
    "links": links.measure,
    "deposits": deposits.measure,
    "sustained": sustained.measure,
    "chat": chat.measure,
    "channels": channels.measure,
    "desk": desk.measure,
    "streams": streams.measure,
    "idle": idle.measure,
    "reconnect": reconnect.measure,
    "first_page": first_page.measure,
    "receipts": receipts.measure,
    # Last: what comes after it would live among a million orders.
    "growth": growth.measure,
    "bulk": bulk.measure,
}
