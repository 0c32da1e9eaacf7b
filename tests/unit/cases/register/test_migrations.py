"""What a migration may do: servers of the version before go on with the register while it runs, and after it."""

import io
import re

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import Script, ScriptDirectory

from cases.register.store import alembic_config

RULED_FROM = "0020"
FORBIDDEN = {
    r"DROP (TABLE|COLUMN)|RENAME": "what goes away goes a version later, when nobody asks for it any more",
    r"ALTER COLUMN \S+ (TYPE|SET NOT NULL)": "rewrites or reads the table while everybody waits",
    r"ADD COLUMN (?!.*DEFAULT).*NOT NULL": "the version before writes rows without it",
    r"(CREATE( UNIQUE)?|DROP) INDEX (?!CONCURRENTLY)": "nobody writes while an index is built: CONCURRENTLY",
}


class Nothing:
    """What a migration of rows finds in a register that is read about, not opened."""

    def execute(self, *_given: object) -> "Nothing":
        return self

    def all(self) -> list[object]:
        return []


def _later() -> list[Script]:
    scripts = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    return [script for script in scripts if script.revision >= RULED_FROM]


@pytest.mark.parametrize("script", _later(), ids=lambda script: script.revision)
def test_a_migration_leaves_the_version_before_at_work(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": written}
    )
    monkeypatch.setattr(Operations, "get_bind", lambda _self: Nothing())
    with Operations.context(context):
        script.module.upgrade()
    made_here = re.findall(r"CREATE TABLE (\w+)", written.getvalue())
    for statement in written.getvalue().split(";"):
        of_a_new_table = any(re.search(rf"\b{table}\b", statement) for table in made_here)
        for pattern, why in FORBIDDEN.items():
            found = re.search(pattern, statement, re.IGNORECASE)
            assert of_a_new_table or not found, f"{statement.strip()}: {why}"
