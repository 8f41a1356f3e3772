"""The least that each kind of work costs here: what a figure of ours is compared with."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from flask import Flask, render_template, request
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import String, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from bench.measure import Timing, time_calls

#: Where the bare application may write; without it, it only reads.
FOLDER = "BENCH_FLOOR_DIR"
ROWS = [
    {
        "code": f"{n // 8 + 1}.{n % 8 + 1}",
        "title": f"A row about something, number {n}",
        "level": n % 5,
    }
    for n in range(100)
]
TABLE = """<!doctype html><html lang="en"><head><title>Rows</title></head><body><h1>Rows</h1>
<table><thead><tr><th>Code</th><th>Title</th><th>Level</th><th>Required</th><th>Weight</th></tr></thead>
<tbody>{% for row in rows %}<tr class="{{ 'low' if row.level < 3 else 'fine' }}">
<td><a href="/rows/{{ row.code }}">{{ row.code }}</a></td><td>{{ row.title }}</td>
<td>{{ row.level }}</td><td>3</td><td>{{ row.level * 2 }}</td></tr>{% endfor %}</tbody></table>
</body></html>"""


def bare_application() -> Flask:
    """Flask with a view that answers a word, one that renders 100 rows, one that commits a row."""
    app = Flask("floor")
    template = app.jinja_env.from_string(TABLE)

    @app.get("/bare")
    def bare() -> str:
        return "bare"

    @app.get("/rows")
    def rows() -> str:
        return render_template(template, rows=ROWS)

    folder = os.environ.get(FOLDER)
    if folder is not None:
        write = ExitStack().enter_context(committed_row(Path(folder)))

        @app.post("/row")
        def row() -> tuple[str, int, dict[str, str]]:
            write(int(request.form["number"]))
            return "", 303, {"Location": "/bare"}

    return app


class _Base(DeclarativeBase):
    pass


class _Row(_Base):
    __tablename__ = "row"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(200))


@contextmanager
def committed_row(folder: Path) -> Iterator[Callable[[int], None]]:
    """Commits one SQLAlchemy row in SQLite with each call, opened just as the product opens it."""
    engine = create_engine(f"sqlite:///{folder / 'floor.sqlite3'}")

    @event.listens_for(engine, "connect")
    def open_as_we_do(connection: object, _record: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")  # type: ignore[attr-defined] # sqlite3's own
        connection.execute("PRAGMA synchronous=FULL")  # type: ignore[attr-defined] # sqlite3's own

    _Base.metadata.create_all(engine)

    def write(number: int) -> None:
        with Session(engine) as session:
            session.add(_Row(text=f"row {number}"))
            session.commit()

    try:
        yield write
    finally:
        engine.dispose()


def one_page_pdf(rounds: int) -> Timing:
    """One page of ReportLab with forty lines of Latin text in a built-in font."""

    def draw(number: int) -> bytes:
        buffer = io.BytesIO()
        canvas = Canvas(buffer, pagesize=A4)
        for line in range(40):
            canvas.drawString(72, 760 - 16 * line, f"Line {line} of page {number}")
        canvas.showPage()
        canvas.save()
        return buffer.getvalue()

    return time_calls(draw, rounds=rounds)
