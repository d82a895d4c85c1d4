"""``ansible-playbook`` in this process, which ends when its parent does.

Run as ``python -m playbooks.start_ansible ARGUMENT...``.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from importlib import import_module

__all__ = ["PARENT", "main"]

PARENT = "QIANYUN_PARENT"
"""Environment variable with the process id of the parent."""
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Never returns: ends with the code of ansible-playbook."""
    # SIGTERM: Ansible passes it on to its workers, which lead process groups of their own.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(os.environ.pop(PARENT)):
        sys.exit(1)  # the parent ended before the line above
    os.environ.pop("PYTHONPATH", None)  # for this process only: modules on hosts reached locally have their own Python
    # Imported by Ansible wherever it is installed, for a connection that is not used here: a tenth of the start.
    sys.modules["paramiko"] = None  # type: ignore[assignment]
    sys.argv[0] = "ansible-playbook"
    import_module("ansible.cli.playbook").main()


if __name__ == "__main__":
    main()
