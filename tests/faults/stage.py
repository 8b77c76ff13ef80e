"""Set the stage in a database of its own: tables, the demo store, orders that wait. Prints what a test must know."""

from __future__ import annotations

import json
import sys

import django


def main(orders: int) -> None:
    django.setup()
    from django.core.management import call_command

    from bench.crowd import crowd, waiting
    from seguripago.config import wiring
    from seguripago.foundations.facts.wakeups import hang_up
    from seguripago.foundations.stores.queries import feed_secrets, store
    from seguripago.jobs import demo
    from seguripago.values.money import Money

    wiring.connect()
    call_command("migrate", verbosity=0)
    demo.run()
    shop = store(demo.SLUG)
    assert shop is not None
    made = crowd(shop.id, open_payments=orders)
    said = {
        "store_id": shop.id,
        "hook_key": shop.hook_key,
        "secret": feed_secrets(shop.id)["sandbox"],
        "orders": [(order, clabe, Money.parse(text).centavos) for order, clabe, text in waiting(made, orders)],
    }
    print(json.dumps(said))
    hang_up()


if __name__ == "__main__":
    main(int(sys.argv[1]))
