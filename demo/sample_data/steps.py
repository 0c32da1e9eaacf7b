"""One happening of the sample history, done by the same steps of `cases/` as a person's press or message."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from cases.knowledge import learn
from cases.register import citizens, deliveries, drafts, extensions, people, register
from cases.register.desk import Desk
from cases.register.errors import Refusal
from cases.register.kinds import Category, Job
from cases.register.permissions import SUPERVISOR, holds, may_see
from cases.register.readonly import Case, Citizen, Staff
from cases.register.rows import id_of
from cases.register.states import DeliveryState, Purpose
from cases.sending import announce, chat, outbox, payloads
from cases.steps import assign, draft, extend, rate, receive, reply, review
from classifier.triage import Triage
from demo.sample_data.files import Sample, SampleStep
from knowledge_base.answering.answerer import Match

WINDOW_SECONDS = 48 * 3600
WINDOW_MESSAGES = 5
LEADER = "fang"
RECENT = timedelta(hours=30)


@dataclass(frozen=True, slots=True)
class Scene:
    """A sample message with its case and who is who. `staff` and `openids` go by the files' keys."""

    sample: Sample
    account: str
    openids: dict[str, str]
    staff: dict[str, str]  # key → user name

    def citizen(self, desk: Desk) -> Citizen:
        return citizens.at(desk, self.account, self.openids[self.sample.by])

    def person(self, desk: Desk, key: str) -> Staff:
        return people.staff_called(desk, self.staff[key])


def write_in(desk: Desk, scene: Scene) -> int | None:
    """The citizen's message comes in; returns the case, if it became one."""
    sample = scene.sample
    judged = _judged(desk, sample)
    openid = scene.openids[sample.by]
    incoming = receive.Incoming(scene.account, openid, sample.text, desk.now, kind=sample.kind)
    outcome = receive.receive(desk, incoming, judged, _match(desk, sample))
    if isinstance(outcome, receive.SmallTalk):
        return None
    _pick_up(desk, scene)
    return outcome.case.id


def _judged(desk: Desk, sample: Sample) -> Triage:
    judged = desk.office.triage(sample.text)
    return replace(
        judged,
        category=Category.ADVICE_INQUIRY if sample.answered_by else judged.category,
        chitchat=sample.small_talk,
        urgent="urgent" in sample.flags,
        sensitive="sensitive" in sample.flags,
        accusation="accusation" in sample.flags,
    )


def _match(desk: Desk, sample: Sample) -> Match | None:
    if not sample.answered_by or not desk.office.auto_answer:
        return None
    entry = learn.as_entry(learn.by_id(desk, sample.answered_by))
    return desk.office.match(sample.text) or Match(entry, 1.0, True)


def happen(desk: Desk, scene: Scene, case_id: int, what: SampleStep) -> None:
    """Raises: Refusal as the step itself would."""
    case = register.by_id(desk, case_id)
    if what.do in _BY_STAFF:
        person = _able(desk, scene, case, what)
        desk.seat(person)
        _BY_STAFF[what.do](desk, person, case, what, scene.sample)
    else:
        citizens.note_contact(desk, scene.citizen(desk))
        _pick_up(desk, scene)
        _BY_CITIZEN[what.do](desk, scene, case, what)


def _able(desk: Desk, scene: Scene, case: Case, what: SampleStep) -> Staff:
    """Return who does it: the one named, or the leader where the case's marks need a supervisor."""
    person = scene.person(desk, what.who)
    marked = case.urgent or case.sensitive or case.accusation
    if not may_see(person, case) or (what.do == "approve" and marked and not holds(person, SUPERVISOR)):
        return scene.person(desk, LEADER)
    return person


def deliver(desk: Desk) -> None:
    """Record for what was released at this moment of the past what the platform would have said then."""
    for row in outbox.pending(desk, "citizen"):
        delivery = deliveries.find(desk, payloads.ToDeliver.of(row).delivery_id)
        citizen = citizens.find(desk, delivery.citizen_id) if delivery else None
        if delivery is None or citizen is None or not outbox.claim(desk, id_of(row)):
            continue
        if _window_open(desk, citizen):
            citizens.one_more_sent(desk, id_of(citizen))
            reply.part_sent(desk, delivery, 1)
            reply.delivered(desk, delivery, DeliveryState.SENT, "customer_message")
        else:
            reply.delivered(desk, delivery, DeliveryState.WAITING)
        outbox.done(desk, id_of(row))


def _window_open(desk: Desk, citizen: Citizen) -> bool:
    if citizen.last_message_at is None or citizen.sent_in_window >= WINDOW_MESSAGES:
        return False
    return (desk.now - citizen.last_message_at).total_seconds() < WINDOW_SECONDS


def _pick_up(desk: Desk, scene: Scene) -> None:
    """Whatever waited goes out with the passive reply to the message that just came in."""
    waiting = announce.undelivered(desk, id_of(scene.citizen(desk)))
    if waiting:
        reply.handed_over(desk, waiting)


def _claim(desk: Desk, person: Staff, case: Case, what: SampleStep, sample: Sample) -> None:
    if case.handler_id != person.id:
        assign.claim(desk, person, case)
    if case.category != sample.category:
        assign.reclassify(desk, person, case, sample.category)


def _draft(purpose: Purpose) -> Callable[[Desk, Staff, Case, SampleStep, Sample], None]:
    def submit(desk: Desk, person: Staff, case: Case, what: SampleStep, sample: Sample) -> None:
        draft.submit(desk, person, case, what.text, purpose)

    return submit


def _approve(desk: Desk, person: Staff, case: Case, what: SampleStep, sample: Sample) -> None:
    under = drafts.under_review(desk, case)
    if under is None:
        raise Refusal("没有待审核的草稿。")
    review.approve(desk, person, under, under.round)


def _send_back(desk: Desk, person: Staff, case: Case, what: SampleStep, sample: Sample) -> None:
    under = drafts.under_review(desk, case)
    if under is None:
        raise Refusal("没有待审核的草稿。")
    review.send_back(desk, person, under, under.round, what.text)


def _transfer(desk: Desk, person: Staff, case: Case, what: SampleStep, sample: Sample) -> None:
    target = people.department_named(desk, what.value)
    if case.department_id != target.id:
        assign.transfer(desk, person, case, target.name)


def _extend(desk: Desk, person: Staff, case: Case, what: SampleStep, sample: Sample) -> None:
    extend.ask(desk, person, case, what.text)


def _grant(desk: Desk, person: Staff, case: Case, what: SampleStep, sample: Sample) -> None:
    asked = extensions.latest(desk, case)
    extend.decide(desk, person, extensions.by_id(desk, asked.id if asked else None), True)


def _rate(desk: Desk, scene: Scene, case: Case, what: SampleStep) -> None:
    rate.rate(desk, case, what.value)


def _human(desk: Desk, scene: Scene, case: Case, what: SampleStep) -> None:
    rate.want_person(desk, scene.citizen(desk), "human", case.no)


def _add(desk: Desk, scene: Scene, case: Case, what: SampleStep) -> None:
    openid = scene.openids[scene.sample.by]
    incoming = receive.Incoming(scene.account, openid, what.text, desk.now)
    judged = replace(desk.office.triage(what.text), chitchat=False)
    receive.add_to(desk, scene.citizen(desk), case, incoming, judged)


_BY_STAFF: dict[str, Callable[[Desk, Staff, Case, SampleStep, Sample], None]] = {
    "claim": _claim,
    "draft": _draft(Purpose.ANSWER),
    "question": _draft(Purpose.QUESTION),
    "refuse": _draft(Purpose.REFUSAL),
    "correct": _draft(Purpose.CORRECTION),
    "approve": _approve,
    "return": _send_back,
    "transfer": _transfer,
    "extend": _extend,
    "grant": _grant,
}
_BY_CITIZEN: dict[str, Callable[[Desk, Scene, Case, SampleStep], None]] = {
    "rate": _rate,
    "human": _human,
    "add": _add,
}


def read_notices(desk: Desk) -> None:
    """Whatever the chats were told in days gone by was read then; only what is recent is still to be posted."""
    past = [
        id_of(row)
        for row in outbox.pending(desk, "chat")
        if row.kind in (Job.NOTICE, Job.ASK) and row.created_at < desk.now - RECENT
    ]
    chat.settle(desk, past)
