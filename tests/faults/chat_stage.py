"""Set the stage for the chat in a database of its own: tables, the demo store, desks and conversations. Prints them."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import django


def main(widgets: int, desks: int, supervisors: int) -> None:
    django.setup()
    from django.core.management import call_command

    from bench.talks import analysts, talks
    from seguripago.config import wiring
    from seguripago.foundations.facts.wakeups import hang_up
    from seguripago.foundations.people.models import Membership
    from seguripago.foundations.stores.queries import store
    from seguripago.jobs import demo

    wiring.connect()
    call_command("migrate", verbosity=0)
    demo.run()
    shop = store(demo.SLUG)
    assert shop is not None
    people = analysts(shop.id, desks)
    crowd = talks(shop.id, people, widgets)
    leading = [person.user_id for person in people[:supervisors]]
    Membership.objects.filter(user_id__in=leading).update(role="supervisor")
    said = {
        "slug": shop.slug,
        "desks": [asdict(person) for person in people],
        "talks": [
            {
                "id": talk.id,
                "code": talk.code,
                "cookie": talk.cookie,
                "address": talk.address,
                "analyst": talk.analyst.user_id,
            }
            for talk in crowd
        ],
    }
    print(json.dumps(said))
    hang_up()


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:4]))
