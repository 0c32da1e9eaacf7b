"""Files of letters as the register keeps them: to be fetched, kept, refused or lost."""

from cases.register.desk import Desk
from cases.register.tables import Media


def find(desk: Desk, media_id: int) -> Media | None:
    return desk.session.get(Media, media_id)


def note(desk: Desk, media_id: int, **values: object) -> None:
    """Write down what became of a file."""
    media = find(desk, media_id)
    if media is not None:
        for name, value in values.items():
            setattr(media, name, value)
        desk.session.add(media)
