"""`dinghuo import …`"""

from datetime import datetime
from pathlib import Path

import rich_click as click


@click.group()
def importing() -> None:
    """Take over what spreadsheets and other systems hold."""


@importing.command(
    "order-lines",
    epilog="Examples:  dinghuo import order-lines orders.xlsx --tenant acme --dry-run --errors errors.xlsx  ·  "
    "dinghuo import order-lines orders.csv.gz --tenant acme --map online-retail --live-from 2026-06-01",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--tenant", "code", required=True, help="The company's code.")
@click.option(
    "--map",
    "options",
    multiple=True,
    help="A preset, a TOML file, field=column, field:=value or setting=value; may be repeated. "
    "What is not said is found out.",
)
@click.option("--dry-run", is_flag=True, help="Say exactly what would happen, and write nothing.")
@click.option(
    "--errors", type=click.Path(dir_okay=False, path_type=Path), help="Write the lines set aside to this .xlsx."
)
@click.option("--live-from", type=click.DateTime(["%Y-%m-%d"]), help="Orders from this day on stay open.")
@click.option("--strict", is_flag=True, help="Import nothing and fail (1) when any line would be set aside.")
@click.option("--json", "as_json", is_flag=True, help="Say it as one JSON object.")
def order_lines(
    file: Path,
    code: str,
    options: tuple[str, ...],
    dry_run: bool,
    errors: Path | None,
    live_from: datetime | None,
    strict: bool,
    as_json: bool,
) -> int:
    """Take over the orders of a file: .xlsx, .csv, .tsv or .csv.gz, one order line a row.

    Creates the customers, SKUs and prices it meets, books the opening stock that its orders need, and places each
    order at its own time and price: delivered and closed, or open from --live-from on. Cancellations cancel the
    orders they are about; other returns are kept as such. Every row is taken or set aside with its reason; the
    report adds up to the file. Running it again changes nothing, and finishes what was interrupted.

    Ends with 0 even when lines are set aside (see --strict), with 1 when the file cannot be read.
    """
    import gc

    import msgspec

    # This process ends with the import, and needs to its end what it holds: there is no garbage worth looking for.
    gc.disable()

    from dinghuo.entry.cli import OK, REFUSED
    from dinghuo.entry.cli.import_order_lines import Wanted, import_order_lines, tell

    wanted = Wanted(file, code, options, dry_run, errors, live_from.date() if live_from else None, strict)
    told = import_order_lines(wanted)
    if as_json:
        click.echo(msgspec.json.encode(told))
    else:
        tell(told, errors)
    return REFUSED if strict and told.lines_set_aside else OK


@importing.command(
    "sheet",
    epilog="Examples:  dinghuo import sheet customers dealers.xlsx --tenant acme --dry-run --errors errors.xlsx  ·  "
    "dinghuo import sheet stock opening.csv --tenant acme --map warehouse:=MAIN",
)
@click.argument("kind", type=click.Choice(["customers", "skus", "prices", "stock"]))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--tenant", "code", required=True, help="The company's code.")
@click.option(
    "--map",
    "options",
    multiple=True,
    help="A TOML file, field=column, field:=value or setting=value; may be repeated. What is not said is found out.",
)
@click.option("--dry-run", is_flag=True, help="Say exactly what would happen, and write nothing.")
@click.option(
    "--errors", type=click.Path(dir_okay=False, path_type=Path), help="Write the rows set aside to this .xlsx."
)
@click.option(
    "--create-missing/--no-create-missing",
    default=True,
    show_default=True,
    help="Make the tiers, regions, brands, units … that rows name and nobody has.",
)
@click.option("--json", "as_json", is_flag=True, help="Say it as one JSON object.")
def sheet(
    kind: str,
    file: Path,
    code: str,
    options: tuple[str, ...],
    dry_run: bool,
    errors: Path | None,
    create_missing: bool,
    as_json: bool,
) -> int:
    """Take over a plain sheet of customers, SKUs, prices or opening stock, a record a row.

    Records are made or changed by their codes; empty cells leave what is there as it is. Every row is taken or set
    aside with its reason. Running it again changes nothing.

    Ends with 0 even when rows are set aside, with 1 when the file cannot be read.
    """
    import msgspec

    from dinghuo.entry.cli import OK
    from dinghuo.entry.cli.import_sheet import Wanted, import_sheet, tell

    told = import_sheet(Wanted(kind, file, code, options, dry_run, errors, create_missing))
    if as_json:
        click.echo(msgspec.json.encode(told))
    else:
        tell(told, errors)
    return OK
