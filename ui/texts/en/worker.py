"""``qianyun worker``."""

TEXTS = {
    "worker.help": "Carry out runs.\n\nTakes what is ready at its sites, from any run of the store, until SIGTERM or Ctrl-C; the steps at hand end first.",
    "option.site": "Only work of this site; may be given several times (default: all sites).",
    "option.name": "Name in lists and events (default: the machine's).",
    "option.until": "Leave when this run has ended or only a person can go on.",
    "began": "working for {store}, sites: {sites}",
    "ended": "the worker has left",
}
