"""`make bench`: what the product costs, beside floors measured in the same run.

Pages and saves are timed over HTTP against one worker of the real server, and so are the two
web floors, by the same client. It measures and prints; it never fails because a machine is slow.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench import floors, world
from bench.measure import Timing, time_calls
from bench.server import HttpClient, Served, accredit_serve, floor_serve, serve

PAGE_ROUNDS = 300
SAVE_ROUNDS = 200
MANY = 1000


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
            "ACCREDIT_DATA_DIR": str(folder / "data"),
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


def measure_all(folder: Path, environ: dict[str, str]) -> None:
    """Floors first, then the product with few and with many assessments."""
    with serve(floor_serve(), {}, "/bare") as floor:
        client = HttpClient(floor.port)
        bare = time_calls(lambda _n: client.get("/bare"), rounds=PAGE_ROUNDS)
        rows = time_calls(lambda _n: client.get("/rows"), rounds=PAGE_ROUNDS)
    row = floors.committed_row(folder, SAVE_ROUNDS)
    one_page = floors.one_page_pdf(50)

    places = world.find_places(environ)
    with serve(accredit_serve(), environ, "/sign-in") as served:
        few_save, few_pages = measure_product(served, places)
        memory = served.worker_mb()
    certificate = world.time_certificate_pdf(environ)

    print(f"Adding assessments until there are {MANY} …", flush=True)
    world.add_assessments(environ, MANY)
    with serve(accredit_serve(), environ, "/sign-in") as served_many:
        many_save, many_pages = measure_product(served_many, places)
        memory = max(memory, served_many.worker_mb())

    lines = [
        Line("floor: bare Flask view", bare),
        Line("floor: bare Jinja page of 100 rows", rows),
        Line("floor: one row committed (WAL, FULL)", row),
        Line("floor: one-page ReportLab PDF", one_page),
        Line("public certificate page", few_pages["certificate"], bare, 3),
        Line("scoring page", few_pages["scoring"], rows, 4),
        Line("gap-report page", few_pages["gap"], rows, 4),
        Line("a score saved", few_save, row, 3),
        Line(f"a score saved, {MANY} assessments", many_save, few_save, 1.3),
        Line(f"scoring page, {MANY} assessments", many_pages["scoring"], rows, 4),
        Line(f"gap-report page, {MANY} assessments", many_pages["gap"], rows, 4),
        Line("gap-report PDF", few_pages["pdf"], one_page),
        Line("certificate PDF", certificate, one_page),
    ]
    report(lines, served, memory, places.report_pages)


def measure_product(served: Served, places: world.Places) -> tuple[Timing, dict[str, Timing]]:
    """A score saved again and again, and the pages, against a running server."""
    leader = HttpClient(served.port, places.leader_cookie)
    assessor = HttpClient(served.port, places.assessor_cookie)
    public = HttpClient(served.port)
    pages = {
        "certificate": time_calls(lambda _n: public.get(places.certificate), rounds=PAGE_ROUNDS),
        "scoring": time_calls(lambda _n: assessor.get(places.element), rounds=PAGE_ROUNDS),
        "gap": time_calls(lambda _n: leader.get(places.gap_report), rounds=PAGE_ROUNDS),
        "pdf": time_calls(lambda _n: leader.get(places.gap_pdf), rounds=15, warm_up=3),
    }
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

    return time_calls(save, rounds=SAVE_ROUNDS), pages


def report(lines: list[Line], served: Served, memory: float, report_pages: int) -> None:
    """Print the table, then what is not a time."""
    print(f"\n{'':44}{'p50 ms':>9}{'p95 ms':>9}{'per s':>9}{'ratio':>8}{'to reach':>10}")
    for line in lines:
        timing = line.timing
        ratio = f"{timing.p50 / line.floor.p50:8.2f}" if line.floor else " " * 8
        limit = f"{'≤ ' + format(line.limit, 'g'):>10}" if line.limit else ""
        print(
            f"{line.what:44}{timing.p50 * 1000:9.2f}{timing.p95 * 1000:9.2f}"
            f"{timing.per_second:9.0f}{ratio}{limit}"
        )
    times = {line.what: line.timing.p50 for line in lines}
    print(
        f"\ngap-report PDF, {report_pages} pages: {times['gap-report PDF']:.3f} s (to reach ≤ 0.5 for ten)"
        f"\ncertificate PDF: {times['certificate PDF']:.3f} s (to reach ≤ 0.1)"
        f"\nfrom `accredit serve` to the first answer: {served.first_answer:.2f} s (to reach ≤ 2)"
        f"\nmemory of a worker: {memory:.0f} MB (to reach ≤ 150)"
    )


if __name__ == "__main__":
    main()
