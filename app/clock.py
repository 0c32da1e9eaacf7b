"""The only file that reads the clock."""

from datetime import UTC, datetime, timedelta
from pathlib import Path


def now() -> datetime:
    return datetime.now(UTC)


class OffsetClock:
    """The demo's clock: the real one and an offset, kept in a file so that it survives a restart."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._offset = self._read()

    def __call__(self) -> datetime:
        return now() + self._offset

    def jump(self, by: timedelta) -> datetime:
        """Move the clock ahead. Raises: ValueError for a jump back, which no deadline could survive."""
        if by < timedelta():
            raise ValueError("时钟不能往回拨")
        self._offset += by
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(str(self._offset.total_seconds()))
        return self()

    @property
    def offset(self) -> timedelta:
        return self._offset

    def _read(self) -> timedelta:
        try:
            return timedelta(seconds=max(0.0, float(self._file.read_text())))
        except (OSError, ValueError, OverflowError):
            return timedelta()
