"""dbt with Spark in ANSI mode: `python -m publish.ansi_dbt build --target spark`.

Without that mode Spark lets sums wrap around and turns text that is no time into null, in silence.
dbt-spark 1.11 switches it off after it has read the profile, so no profile can have it; here it is
switched on again, for sessions in this process and for those of a Thrift server. All else is dbt.
"""

import sys

from dbt.adapters.spark.connections import SparkCredentials
from dbt.cli.main import cli

ANSI = "spark.sql.ansi.enabled"
read_profile = SparkCredentials.__post_init__


def keep_ansi(credentials: SparkCredentials) -> None:
    """What dbt-spark does with a profile, and the mode."""
    read_profile(credentials)
    credentials.server_side_parameters[ANSI] = "true"


if __name__ == "__main__":
    SparkCredentials.__post_init__ = keep_ansi
    sys.exit(cli())
