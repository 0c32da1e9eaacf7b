"""What the telephones of the demo show: every letter and answer, opened where it is bound."""

from cases.lists import everything
from tests.builders import Bureau


def test_letters_and_windows_are_opened_at_their_place(bureau: Bureau) -> None:
    no = bureau.answered("请问水管多久修好", openid="one-person")
    (letter,) = bureau.workplace.look(lambda desk: list(everything.letters(desk)))
    assert (letter.openid, letter.text, letter.case_no) == ("one-person", "请问水管多久修好", no)
    (window,) = bureau.workplace.look(everything.windows)
    assert window.openid == "one-person"
    assert bureau.workplace.look(lambda desk: list(everything.arrived(desk))) == []  # nothing was sent yet
