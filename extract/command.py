"""What the commands share: days as options, and errors as one line."""

import sys
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

import click

from extract.accounts import parse_day
from extract.errors import ConfigurationError, ExtractError, Stopped, Unexpected

NOTHING_DONE = 2
INTERRUPTED = 130


class Day(click.ParamType):
    """A day as yyyy-mm-dd."""

    name = "yyyy-mm-dd"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:  # noqa: ANN401 - click's own
        try:
            return parse_day(value, "it")
        except ConfigurationError:
            self.fail(f"{value!r} is not a day; write it as yyyy-mm-dd", param, ctx)


def one_line_errors(command: Callable[..., None]) -> Callable[..., None]:
    """Errors a user can meet end a command with one line and status 2."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - whatever the command takes
        try:
            command(*args, **kwargs)
        except ExtractError as error:
            click.echo(f"error: {error}", err=True)
            sys.exit(NOTHING_DONE)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except KeyboardInterrupt:
            click.echo(f"error: {Stopped('The run was stopped')}", err=True)
            sys.exit(INTERRUPTED)
        except Exception as error:
            click.echo(f"error: {Unexpected.by(error)}", err=True)
            sys.exit(NOTHING_DONE)

    return wrapped
