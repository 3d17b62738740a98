"""The command ``kg``: thin commands over plain functions. What is for machines goes to stdout, the rest to stderr."""

from __future__ import annotations

import os
import sys

import typer

from kg.cli import graph, learn, papers, serve, validate
from kg.cli.console import complain
from kg.errors import INTERRUPTED, KGError, UsageError

app = typer.Typer(
    name="kg",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="A knowledge graph of machine-learning results, built from paper abstracts.",
    epilog="Start with: kg build examples && kg query leaderboard --dataset LIBERO",
)
for module in (papers, graph, validate, serve, learn):
    module.add_to(app)


# Typer brings its own copy of click, whose base of all usage errors it does not export.
_UsageProblem: type[typer.BadParameter] = typer.BadParameter.__mro__[1]


def main(arguments: list[str] | None = None) -> None:
    """Run the command and end the process with the exit code that kg.errors tells of."""
    sys.exit(_run(arguments))


def _run(arguments: list[str] | None) -> int:
    try:
        code = _call(arguments)
    except KGError as error:
        complain(str(error))
        return error.exit_code
    except _UsageProblem as problem:
        problem.show()
        return UsageError.exit_code
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    if code == INTERRUPTED:
        complain("interrupted; what was finished is kept, and the same command goes on from there")
    return code


def _call(arguments: list[str] | None) -> int:
    """The command's own exit code. That the reader of our output has had enough, as `head` does, is no error."""
    try:
        code = app(arguments, standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except SystemExit as ended:  # what Typer makes of a broken pipe
        if isinstance(ended.__context__, BrokenPipeError):
            return 0
        raise
    return code if isinstance(code, int) else 0
