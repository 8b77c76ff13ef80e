"""Run the measures and write bench/results/latest.json."""

from __future__ import annotations

import argparse
import os
import sys
import time

from bench import report
from bench.site import running


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--fast", action="store_true", help="shorter runs, under five minutes in all")
    parser.add_argument("--only", help="one measure, by the name of its file under bench/measures")
    told = parser.parse_args()
    load = os.getloadavg()[0]
    started = time.monotonic()
    with running() as site:
        from bench.measures import MEASURES

        figures = []
        for name, measure in MEASURES.items():
            if told.only in {None, name}:
                print(f"  {name} …", end="", file=sys.stderr, flush=True)
                begun = time.monotonic()
                figures.extend(measure(site, fast=told.fast))
                print(f" {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    report.write(figures, load=load, seconds=time.monotonic() - started)
    report.show(figures, load=load)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
