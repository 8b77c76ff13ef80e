"""One file a measure: `measure(site, fast=…)` gives figures."""

from bench.measures import chat, deposits, orders, streams, sustained, widget

MEASURES = {
    "widget": widget.measure,
    "orders": orders.measure,
    "deposits": deposits.measure,
    "sustained": sustained.measure,
    "chat": chat.measure,
    "streams": streams.measure,
}
