"""The command `lugha`: one file of this folder is one subcommand, found by its name. `try_signal.py` is
`lugha try-signal`, and what it exports as `command` is what runs.

What lugha can name is told in one sentence without a traceback, with exit status 1; a command line that nobody can
mean has 2, as everywhere.
"""

import importlib
import pkgutil
from typing import Any

import click

from lugha.errors import LughaError, nearest


class Commands(click.Group):
    """The subcommands of the folder, imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the files, as they are typed."""
        return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The subcommand of a file; a name that no file has is a usage error with the nearest."""
        names = self.list_commands(ctx)
        if cmd_name not in names:
            ctx.fail(f'No command "{cmd_name}".{nearest(cmd_name, names)} There are: {", ".join(names)}.')
        command: click.Command = importlib.import_module(f"{__name__}.{cmd_name.replace('-', '_')}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run what was asked for; an error that lugha can name is a message."""
        try:
            return super().invoke(ctx)
        except LughaError as problem:
            raise click.ClickException(str(problem)) from problem


@click.group(cls=Commands, invoke_without_command=True)
@click.pass_context
def main(ctx: click.Context) -> None:
    """Training data for languages that have little text.

    The lake is LUGHA_LAKE, or lake/ in LUGHA_HOME (.lugha in the working folder).
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
