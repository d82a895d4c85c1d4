"""``qianyun worker``: carries out runs of a store, any number of them on any machines."""

from __future__ import annotations

import threading
from pathlib import Path

from ui.commanding import Common, command, common, option
from ui.commands.run.embedded import Grumbler, Stopping, estate_of
from ui.commands.run.registry import open_store, store_option, store_url
from ui.executors import make_executors
from ui.output import emit, say
from ui.texts import text

__all__ = ["group"]


@command(
    None,
    "worker",
    area="worker",
    example="qianyun worker --site 140000 --site 140100 --store postgresql://runs@db.example/qianyun\n"
    "qianyun worker --store examples/shanxi --until 2021-W14-yun-ty-cutover-1",
)
@option("--site", "sites", multiple=True, metavar="SITE", key="worker.option.site")
@option("--config", type=Path, metavar="FILE", key="run.option.config")
@option("--name", default="", metavar="NAME", key="worker.option.name")
@option("--until", metavar="RUN", key="worker.option.until")
@store_option
@common(estate=False)
def group(
    common: Common, *, sites: tuple[str, ...], config: Path | None, name: str, until: str | None, store: str | None
) -> None:
    """Work until SIGTERM or Ctrl-C: then take nothing more and leave when the steps at hand have ended."""
    from migration.run.settings import load_settings

    settings = load_settings(config)
    shared = not store_url(store).startswith("sqlite")  # nobody starts runs in a file that is not there yet
    with open_store(store, create=shared) as opened:
        from migration.run import control
        from migration.run.worker import Worker

        executors = make_executors(settings, estate=estate_of(opened))
        run = None if until is None else control.find_run(opened, until)
        worker = Worker(opened, sites=sites, executors=executors, settings=settings, name=name, tell=Grumbler())
        say("worker.began", store=opened.url, sites=", ".join(sites) or text("run.all-sites"))
        stop = threading.Event()
        with Stopping(stop, worker.leaving):
            worker.run(stop, until_run=run)
        say("worker.ended")
        if common.json:
            emit({"store": opened.url, "sites": list(sites), "until": run})
