"""What a person sees while the demo works: the step, how far it is, and the last line that it said."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

console = Console(stderr=True)
if not console.is_terminal:
    console.width = 200  # a log has no width of its own, and 80 would fold the table to bits


class Display:
    """A bar over the steps and the newest message of the step under way; plain lines where there is no terminal."""

    def __init__(self, total: int) -> None:
        self.progress = Progress(
            SpinnerColumn(),
            TextColumn("[bold]{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[said]}"),
            console=console,
            disable=not console.is_terminal,
        )
        self.task = self.progress.add_task("start", total=total, said="")

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show a step while it runs."""
        self.progress.update(self.task, description=title, said="")
        if not console.is_terminal:
            console.print(f"· {title}", highlight=False)
        yield
        self.progress.advance(self.task)

    def say(self, message: str) -> None:
        """Show a line of the step under way."""
        first = message.splitlines()[0][:100] if message else ""
        self.progress.update(self.task, said=f"[dim]{first}")
        if not console.is_terminal:
            console.print(f"    {first}", highlight=False, style="dim")

    def logger(self) -> dg.LoggerDefinition:
        """A logger for runs: what assets say is shown, what Dagster says about events is not; what failed is said
        once, at the end.
        """
        display = self

        class Handler(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                meta = getattr(record, "dagster_meta", {})
                message = str(meta.get("orig_message", record.getMessage()))
                if meta.get("dagster_event") is None or record.levelno >= logging.WARNING:
                    display.say(message)

        @dg.logger
        def shown(_: dg.InitLoggerContext) -> logging.Logger:
            """Messages of assets on the demo's display."""
            logger = logging.Logger("lugha.demo", level=logging.INFO)
            logger.addHandler(Handler())
            return logger

        return shown
