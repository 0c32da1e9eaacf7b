"""What gets its receipt and no automatic answer: a message whose like is on record as unlawful.

Source: Anning measures 2021, art. 39 (unlawful content is dealt with at once and kept on record); Qingdao 2020-88 art. 16.
"""

import hashlib

from sqlmodel import col, or_, select

from cases.register.desk import Desk
from cases.register.duty_kinds import IncidentKind, IncidentState
from cases.register.readonly import Citizen
from cases.register.tables.duties import Incident, IncidentText
from text.normalise import normalise


def like_unlawful(desk: Desk, citizen: Citizen, text: str) -> bool:
    """Tell whether the same words are on record, or an incident with this citizen is not closed yet."""
    query = (
        select(Incident.id)
        .join(IncidentText, col(IncidentText.incident_id) == Incident.id, isouter=True)
        .where(
            Incident.kind == IncidentKind.UNLAWFUL,
            or_(
                IncidentText.sha256 == fingerprint(text),
                (Incident.citizen_id == citizen.id) & (Incident.state != IncidentState.CLOSED),
            ),
        )
    )
    return desk.session.exec(query.limit(1)).first() is not None


def fingerprint(text: str) -> str:
    """Return what two messages of the same words share, whatever their spacing and width."""
    return hashlib.sha256("".join(normalise(text).split()).encode("utf-8", "surrogatepass")).hexdigest()
