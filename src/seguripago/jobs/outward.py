"""Outward jobs (mail and the like) by procrastinate, with the rescue of jobs whose worker died."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import Final

from procrastinate import App
from procrastinate.contrib.django import app as django_app

from seguripago.jobs import card_refunds as card_refunds
from seguripago.jobs import cards as cards
from seguripago.jobs import cep as cep
from seguripago.jobs import feeds as feeds
from seguripago.jobs import links as links
from seguripago.jobs import mail as mail
from seguripago.jobs import pay_page as pay_page
from seguripago.jobs import push as push
from seguripago.jobs import quarantine as quarantine
from seguripago.jobs import reading as reading
from seguripago.jobs import returns as returns

HEARTBEAT_S: Final = 2.0
STALLED_S: Final = 10.0
RESCUE_S: Final = 5.0
RETRY_S: Final = 2.0

log = logging.getLogger("seguripago.outward")


def run(stop: threading.Event) -> None:
    """Run jobs until `stop`, also when the database goes away for a while."""
    while not stop.is_set():
        try:
            asyncio.run(_run(stop))
        except Exception:
            log.exception("outward jobs stopped, again in %s s", RETRY_S)
        stop.wait(RETRY_S)


async def _run(stop: threading.Event) -> None:
    worker_app = django_app.with_connector(django_app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with worker_app.open_async():
        working = asyncio.create_task(
            worker_app.run_worker_async(
                # Enough that two banks and a gateway that do not answer keep no mail at home.
                concurrency=6,
                install_signal_handlers=False,
                update_heartbeat_interval=HEARTBEAT_S,
                stalled_worker_timeout=STALLED_S,
                delete_jobs="successful",
                shutdown_graceful_timeout=3,
            )
        )
        rescuing = asyncio.create_task(_rescue(worker_app))
        while not stop.is_set() and not working.done():
            await asyncio.sleep(0.2)
        rescuing.cancel()
        ended_by_itself = working.done()
        working.cancel()
        await asyncio.gather(working, rescuing, return_exceptions=True)
        if ended_by_itself and not stop.is_set():
            log.error("the worker of outward jobs ended", exc_info=working.exception())


async def _rescue(worker_app: App) -> None:
    """A job whose worker stopped beating is put back; jobs are idempotent, so a second run is harmless."""
    while True:
        try:
            for job in await worker_app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_S):
                await worker_app.job_manager.retry_job(job)
        except Exception:
            log.exception("rescue failed")
        await asyncio.sleep(RESCUE_S)
