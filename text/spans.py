"""Places that were found by several rules, made one row of places that do not overlap."""

from collections.abc import Iterable

Place = tuple[str, int, int]  # kind, start and end
_SIDES = frozenset("东西南北左右")  # of a home
_TELLS = frozenset("〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺")


def apart(found: Iterable[Place]) -> list[Place]:
    """Return places in order: of two that overlap the one that starts first, of two that start together the longer."""
    result: list[Place] = []
    for place in sorted(found, key=lambda place: (place[1], -place[2])):
        if not result or place[1] >= result[-1][2]:
            result.append(place)
    return result


def meet(one: Place, other: Place) -> bool:
    """Tell whether two places share a character."""
    return one[1] < other[2] and other[1] < one[2]


def with_spoken(text: str, known: list[Place], spoken: Iterable[Place]) -> list[Place]:
    """Return what rules know, with what is only spoken of where that hides a figure or a letter more."""
    result = known
    for place in spoken:
        same = [other for other in result if meet(place, other)]
        if _adds(text, place, same):
            result = [other for other in result if other not in same]
            result.append(_one(place, same))
    return sorted(result, key=lambda place: place[1]) if result is not known else known


def _adds(text: str, place: Place, same: list[Place]) -> bool:
    hidden = {at for _, start, end in same for at in range(start, end)}
    return any(
        at not in hidden
        and (
            (text[at].isascii() and text[at].isalnum())
            or text[at] in (_TELLS | _SIDES if place[0] == "住址" else _TELLS)
        )
        for at in range(place[1], place[2])
    )


def _one(place: Place, same: list[Place]) -> Place:
    kind = "住址" if any(other[0] == "住址" for other in same) and place[0] == "楼栋" else place[0]
    return (
        kind,
        min([place[1], *(other[1] for other in same)]),
        max([place[2], *(other[2] for other in same)]),
    )
