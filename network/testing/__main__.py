"""``python -m network.testing FOLDER``: simulated devices to try things on, one for each configuration in a folder."""

from __future__ import annotations

import argparse
import asyncio
import re
import secrets
import sys
from contextlib import suppress
from pathlib import Path

from network.testing.simulators import Account, Faults, Served, Simulator
from network.testing.simulators.server import serve_forever

__all__ = ["main"]

SUFFIXES = (".cfg", ".txt", ".conf")
COMWARE = re.compile(r"(?m)^\s*version 7\.")


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted. Exit code 2: nothing to serve."""
    options = _options(arguments)
    password = options.password or secrets.token_urlsafe(9)
    accounts = {options.user: Account(password)}
    faults = Faults(login_delay=options.login_delay, line_delay=options.line_delay)
    found = sorted(options.folder.iterdir()) if options.folder.is_dir() else []
    paths = [path for path in found if path.suffix in SUFFIXES]
    devices = [_device(path, options.platform, accounts, faults) for path in paths]
    if not devices:
        sys.stderr.write(f"{options.folder}: no file that ends with {', '.join(SUFFIXES)}\n")
        return 2

    def ready(found: dict[str, Served]) -> None:
        for device in devices:
            at = found[device.name]
            sys.stdout.write(f"{device.name}\t{device.platform}\tssh -p {at.port} {options.user}@{at.host}\n")
            sys.stdout.write(f"\thost_key: {at.host_key}\n")
        sys.stdout.write(f"password of {options.user}: {password}\nend with Ctrl-C\n")
        sys.stdout.flush()

    with suppress(KeyboardInterrupt):
        asyncio.run(serve_forever(devices, ready, host=options.host, first_port=options.port))
    return 0


def _device(path: Path, platform: str, accounts: dict[str, Account], faults: Faults) -> Simulator:
    data = path.read_bytes()
    try:
        text, encoding = data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        text, encoding = data.decode("gb18030"), "gb18030"
    found = platform or ("h3c_comware7" if COMWARE.search(text) else "huawei_vrp8")
    return Simulator(found, text, name=path.stem, encoding=encoding, accounts=accounts, faults=faults)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m network.testing", description=__doc__)
    parser.add_argument("folder", type=Path, help="configurations, one device a file (.cfg, .txt, .conf)")
    parser.add_argument("--platform", choices=("huawei_vrp8", "h3c_comware7"), default="", help="of all; else guessed")
    parser.add_argument("--host", default="127.0.0.1", help="address to answer at; they are no devices to be exposed")
    parser.add_argument("--port", type=int, default=0, help="of the first device, the others follow; else any")
    parser.add_argument("--user", default="netops")
    parser.add_argument("--password", default="", help="else one is made")
    parser.add_argument("--login-delay", type=float, default=0.0, help="seconds")
    parser.add_argument("--line-delay", type=float, default=0.0, help="seconds")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
