"""One file a measure: `measure(site, fast=…)` gives figures."""

from bench.measures import chat, deposits, orders, streams, widget

MEASURES = {
    "widget": widget.measure,
    "orders": orders.measure,
    "deposits": deposits.measure,
    "chat": chat.measure,
    "streams": streams.measure,
}
