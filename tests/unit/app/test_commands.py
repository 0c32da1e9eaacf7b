"""Every command that a module has can be called, is explained in Chinese, and answers machines."""

import importlib
import inspect
import pkgutil

import typer

from app import cli
from app.cli.main import _COMMANDS

SERVERS = {"serve", "demo"}  # they answer over HTTP


def groups() -> dict[str, typer.Typer]:
    """Return the modules of commands with what each registers."""
    found = {}
    for info in pkgutil.iter_modules(cli.__path__):
        module = importlib.import_module(f"app.cli.{info.name}")
        if info.name != "main" and isinstance(getattr(module, "app", None), typer.Typer):
            found[info.name] = module.app
    return found


def test_every_command_is_reached_by_its_name() -> None:
    for module, app in groups().items():
        names = {command.name for command in app.registered_commands if not command.hidden}
        names |= {group.name for group in app.registered_groups}
        reached = {name for name, (where, _) in _COMMANDS.items() if where == module}
        assert names == reached, module


def test_every_command_is_explained_and_speaks_json() -> None:
    for module, app in groups().items():
        commands = list(app.registered_commands)
        for group in app.registered_groups:
            commands += group.typer_instance.registered_commands  # type: ignore[union-attr]
        for command in commands:
            assert command.callback is not None and command.name is not None
            told = command.help or command.short_help or ""
            assert any("\u4e00" <= sign <= "\u9fff" for sign in told), (module, command.name)
            if command.name not in SERVERS:
                assert "json" in inspect.signature(command.callback).parameters, (module, command.name)
