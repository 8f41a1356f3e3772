"""`make bench`: what the product costs, beside floors measured in the same run.

Pages and saves are timed over HTTP against one worker of the real server, and so are the two
web floors, by the same client and by turns. It measures and prints; it never fails because a
machine is slow.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench import every_page, floors, world
from bench.engine import print_engine
from bench.measure import Timing, time_calls, time_in_turns
from bench.server import HttpClient, Served, accredit_serve, floor_serve, serve

PAGE_ROUNDS = 300
SAVE_ROUNDS = 200
MANY = 1000

BARE = "floor: bare Flask view"
ROWS = "floor: bare Jinja page of 100 rows"
ROW = "floor: one row committed (WAL, FULL)"
SENT_ROW = "floor: a bare view that commits one row"
PAPER = "floor: one-page ReportLab PDF"
CERTIFICATE = "public certificate page"
SCORING = "scoring page"
GAP = "gap-report page"
FRESH = "gap-report page nobody has asked for before"
SAVE = "a score saved"
OF_MANY = f", {MANY} assessments"
GAP_PDF = "gap-report PDF"
CERTIFICATE_PDF = "certificate PDF"


@dataclass(frozen=True)
class Line:
    """One row of the answer; `limit` is the ratio to reach."""

    what: str
    timing: Timing
    floor: Timing | None = None
    limit: float | None = None


def main() -> None:
    """Measure everything and print it."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=os.environ.get("BENCH_DIR")) as name:
        folder = Path(name)
        environ = {
            "ACCREDIT_MODE": "demo",
            # What is measured is how fast answers are, not when one is refused.
            "ACCREDIT_LIMIT_FACTOR": "1000000",
            "ACCREDIT_DATA_DIR": str(folder / "data"),
            "ACCREDIT_TRUSTED_PROXIES": "127.0.0.1/32",
        }
        print("Loading the demonstration …", flush=True)
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "accredit", "demo"],
            env={**os.environ, **environ},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        print(f"  loaded in {time.perf_counter() - start:.1f} s", flush=True)
        measure_all(folder, environ)
        every_page.measure(folder / "data", environ)
        print("\nThe engine, without a server:")
        print_engine()


def measure_all(folder: Path, environ: dict[str, str]) -> None:
    """The product with few and with many assessments, and the floors, all by turns."""
    places = world.find_places(environ)
    print(f"Adding assessments beside them until there are {MANY} …", flush=True)
    shutil.copytree(folder / "data", folder / "many")
    environ_many = {**environ, "ACCREDIT_DATA_DIR": str(folder / "many")}
    new = world.add_assessments(environ_many, places.finished, MANY - places.assessments)

    floor_folder = folder / "floor"
    floor_folder.mkdir()
    # What was written to prepare all this is no part of what a save writes.
    os.sync()
    print("Measuring …", flush=True)
    with (
        serve(floor_serve(), {floors.FOLDER: str(floor_folder)}, "/bare") as floor,
        serve(accredit_serve(), environ, "/sign-in") as few,
        serve(accredit_serve(), environ_many, "/sign-in") as many,
        floors.committed_row(folder) as commit_row,
    ):
        bare, leader, fresh = (
            HttpClient(floor.port),
            HttpClient(few.port, places.leader_cookie),
            HttpClient(many.port, places.leader_cookie),
        )
        pages = time_in_turns(
            {
                BARE: lambda _n: bare.get("/bare"),
                ROWS: lambda _n: bare.get("/rows"),
                **page_calls(few, places),
                **{name + OF_MANY: call for name, call in page_calls(many, places).items()},
            },
            rounds=PAGE_ROUNDS,
        )
        saves = time_in_turns(
            {
                ROW: commit_row,
                SENT_ROW: lambda n: bare.post("/row", {"number": str(n)}),
                SAVE: save_call(few, places),
                SAVE + OF_MANY: save_call(many, places),
            },
            rounds=SAVE_ROUNDS,
        )
        papers = {
            GAP_PDF: time_calls(lambda _n: leader.get(places.gap_pdf), rounds=15, warm_up=3),
            FRESH: time_calls(lambda n: fresh.get(f"/gap-reports/{new[n]}"), rounds=60, warm_up=3),
            PAPER: floors.one_page_pdf(50),
        }
        memory = max(few.worker_mb(), many.worker_mb())
    papers[CERTIFICATE_PDF] = world.time_certificate_pdf(environ)
    times = {**pages, **saves, **papers}

    def line(what: str, floor: str | None = None, limit: float | None = None) -> Line:
        return Line(what, times[what], times[floor] if floor else None, limit)

    report(
        [
            *(line(what) for what in (BARE, ROWS, ROW, SENT_ROW, PAPER)),
            line(CERTIFICATE, BARE, 3),
            line(SCORING, ROWS, 4),
            line(SCORING + OF_MANY, ROWS, 4),
            line(GAP, ROWS, 4),
            line(GAP + OF_MANY, ROWS, 4),
            line(FRESH, ROWS),
            line(SAVE, ROW, 3),
            line(SAVE, SENT_ROW),
            line(SAVE + OF_MANY, SAVE, 1.3),
            line(GAP_PDF, PAPER),
            line(CERTIFICATE_PDF, PAPER),
        ]
    )
    print(
        f"\n{places.assessments} assessments, where nothing else is said"
        f"\ngap-report PDF, {places.report_pages} pages: {times[GAP_PDF].p50:.3f} s"
        " (to reach ≤ 0.5 for ten)"
        f"\ncertificate PDF: {times[CERTIFICATE_PDF].p50:.3f} s (to reach ≤ 0.1)"
        f"\nfrom `accredit serve` to the first answer: {few.first_answer:.2f} s (to reach ≤ 2)"
        f"\nmemory of a worker that has done all this: {memory:.0f} MB (to reach ≤ 150)"
    )


def page_calls(served: Served, places: world.Places) -> dict[str, Callable[[int], object]]:
    """The pages that are measured, asked for by the people they are for."""
    leader = HttpClient(served.port, places.leader_cookie)
    assessor = HttpClient(served.port, places.assessor_cookie)
    public = HttpClient(served.port)
    return {
        # Visitors come one by one: whoever asks again and again is counted for all workers.
        CERTIFICATE: lambda n: public.get(places.certificate, visitor=n // 5),
        SCORING: lambda _n: assessor.get(places.element),
        GAP: lambda _n: leader.get(places.gap_report),
    }


def save_call(served: Served, places: world.Places) -> Callable[[int], object]:
    """Saves a score again and again, each time another one."""
    assessor = HttpClient(served.port, places.assessor_cookie)
    form = world.score_form(assessor.get(places.element))
    first = int(form["version"] or 0)

    def save(number: int) -> None:
        assessor.post(
            places.score,
            {
                **form,
                "level": ("partial", "good")[number % 2],
                "reason": f"Seen in the records of this quarter, reading number {number}.",
                "version": str(first + number),
            },
        )

    return save


def report(lines: list[Line]) -> None:
    """Print the table."""
    print(f"\n{'':44}{'p50 ms':>9}{'p95 ms':>9}{'per s':>9}{'ratio':>8}{'to reach':>10}")
    for line in lines:
        timing = line.timing
        ratio = f"{timing.p50 / line.floor.p50:8.2f}" if line.floor else " " * 8
        limit = f"{'≤ ' + format(line.limit, 'g'):>10}" if line.limit else ""
        print(
            f"{line.what:44}{timing.p50 * 1000:9.2f}{timing.p95 * 1000:9.2f}"
            f"{timing.per_second:9.0f}{ratio}{limit}"
        )


if __name__ == "__main__":
    main()
