"""Ten thousand idle streams on one process, each of a conversation of its own: memory, processor, and do they hear?"""

from __future__ import annotations

import asyncio
import itertools
import resource
import time

import psutil
from django.utils import timezone

from bench import world
from bench.load.quiet_crowd import QuietCrowd
from bench.measures.chat import Posts, Sender, paced
from bench.report import Figure, percentile
from bench.site import Site, with_fresh_streams
from bench.talks import Talk, analysts, forget, talks
from seguripago.web.live.tickets import topic_of

STREAMS = 10_000
RATE = 20
HEARD = 200
WARMED = 60
SPARE_FILES = 500
A_BEAT_S = 25
"""In this time every stream has beaten once, whenever it was opened."""


def measure(site: Site, *, fast: bool) -> list[Figure]:
    """As many as this machine lets one process hold, at most ten thousand."""
    with with_fresh_streams(site) as fresh:
        return _measure(fresh, fast=fast)


def _measure(site: Site, *, fast: bool) -> list[Figure]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    limit = psutil.Process(site.live_pid).rlimit(psutil.RLIMIT_NOFILE)[0]
    count = min(STREAMS, limit - SPARE_FILES, hard - SPARE_FILES)
    store = world.demo_store(site.store_slug)
    crowd = talks(store.id, analysts(store.id, 10), count)
    try:
        held, kib, percent, taken, seconds = asyncio.run(_hold(site, crowd, idle_s=A_BEAT_S if fast else 60))
    finally:
        forget(crowd)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    notes = f"one process, {limit} files allowed, opened in {seconds:.0f} s"
    delivery = f"{RATE} messages/s among {held} streams, after {WARMED} that are not counted"
    return [
        Figure("idle_streams", held, "streams", "higher", held, None, notes),
        Figure("idle_stream_kib", kib, "KiB", "lower", held),
        Figure("idle_cpu_percent", percent, "%", "lower", held, None, "of one core, heartbeats included"),
        Figure("idle_delivery_p50_ms", percentile(taken, 0.5), "ms", "lower", len(taken), None, delivery),
        Figure("idle_delivery_p99_ms", percentile(taken, 0.99), "ms", "lower", len(taken), None, delivery),
    ]


async def _hold(site: Site, crowd: list[Talk], *, idle_s: float) -> tuple[int, float, float, list[float], float]:
    posts = Posts()
    topics = [topic_of(talk.id, at=timezone.now()) for talk in crowd]
    seen = f"{crowd[0].seen:x}"
    before, start = site.rss_kib(site.live_pid), time.perf_counter()
    quiet = await QuietCrowd.open(
        site.host, site.live_port, topics, after=seen, on_text=lambda place, text, at: posts.saw(text, at)
    )
    seconds = time.perf_counter() - start
    await asyncio.sleep(3)
    kib = (site.rss_kib(site.live_pid) - before) / len(crowd)
    cpu, begun, beats = site.cpu_s(site.live_pid), time.perf_counter(), quiet.beats
    await asyncio.sleep(idle_s)
    percent = (site.cpu_s(site.live_pid) - cpu) / (time.perf_counter() - begun) * 100
    expected = len(crowd) * idle_s / 20 * 0.8
    if quiet.beats - beats < expected:
        raise RuntimeError(f"{quiet.beats - beats} heartbeats in {idle_s} s instead of {expected:.0f}")
    sender, some = Sender(site, posts), itertools.cycle(crowd[:: max(1, len(crowd) // HEARD)])
    # The pages' process has answered nobody yet: its first answers are its own measure, not the streams'.
    await paced(lambda number: sender.say(next(some)), WARMED, RATE)
    taken = await paced(lambda number: sender.say(next(some)), HEARD, RATE)
    held = len(crowd) - quiet.lost
    await quiet.close()
    return held, kib, percent, taken, seconds
