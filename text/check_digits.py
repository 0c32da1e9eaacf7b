"""What holds the digits of a number together: a day of birth within it, a last sign that follows from the others."""

from datetime import date

_FACTORS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def born(written: str) -> bool:
    """Tell whether eight digits are a day on which somebody alive may have been born."""
    try:
        return 1900 <= date(int(written[:4]), int(written[4:6]), int(written[6:])).year <= 2099
    except ValueError:
        return False


def checks(identity: str) -> bool:
    """Tell whether the last sign of an identity number follows from the others (GB 11643)."""
    total = sum(int(digit) * factor for digit, factor in zip(identity, _FACTORS, strict=False))
    return "10X98765432"[total % 11] == identity[17:]


def luhn(digits: str) -> bool:
    """Tell whether the last digit of a card's number follows from the others (ISO/IEC 7812)."""
    doubled = sum(sum(divmod(int(digit) * (1 + at % 2), 10)) for at, digit in enumerate(reversed(digits)))
    return doubled % 10 == 0
