"""``serve.py PORT THREADS MODULE:FACTORY [WORD...]``: a WSGI application on loopback, with Debian's Python."""

from __future__ import annotations

import importlib
import sys

from waitress import serve

port, threads, target = sys.argv[1:4]
module, factory = target.split(":")
# The applications read the command line themselves.
sys.argv = [module.partition(".")[0], *sys.argv[4:]]
serve(getattr(importlib.import_module(module), factory)(), host="127.0.0.1", port=int(port), threads=int(threads))
