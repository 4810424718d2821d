"""The command `holdfast`: one module per subcommand. What a subcommand needs is imported when it is called, so that
`--help` stays quick."""

import click

from harness import __version__
from harness.cli.accept import accept
from harness.cli.check import check
from harness.cli.cleanup import cleanup
from harness.cli.compare import compare
from harness.cli.demo import demo
from harness.cli.emit_test import emit_test
from harness.cli.explain import explain
from harness.cli.init import init
from harness.cli.merge import merge
from harness.cli.plan import plan
from harness.cli.proof import proof
from harness.cli.report import report
from harness.cli.resume import resume
from harness.cli.retest import retest
from harness.cli.run import run
from harness.cli.schema import schema


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="holdfast")
def main() -> None:
    """Keep fixed authentication bypasses of a release API fixed.

    Exit codes: 0 all held, 1 a finding, 2 usage or configuration, 3 not everything could be told, 4 stopped as unsafe.
    """


for command in (
    init,
    run,
    merge,
    resume,
    retest,
    compare,
    report,
    plan,
    check,
    cleanup,
    accept,
    emit_test,
    explain,
    demo,
    proof,
    schema,
):
    main.add_command(command)
