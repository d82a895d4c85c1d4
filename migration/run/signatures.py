"""OpenSSH signatures by the real ssh-keygen: the only module that runs it."""

from __future__ import annotations

import datetime as dt
import fnmatch
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from inventory.files import reason_of
from migration.run.errors import ApprovalError, RunError

__all__ = ["NAMESPACE", "sign", "verify"]

NAMESPACE = "qianyun-approval"
"""What the signatures are for: one made for anything else does not verify."""
SECONDS = 30
_A_KEY = re.compile(rb"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----|^(?:ssh|ecdsa|sk)-\S+ \S", re.MULTILINE)
_KEY = re.compile(r" key (\S+)\s*$")


def sign(document: str, *, key: Path | None) -> str:
    """An armoured signature over a document.

    Args:
        key: a private key, or a public one whose private half the agent holds; None: the only key of the agent.

    Raises:
        RunError: ``ssh-keygen-missing``, ``sign-key-missing``, ``sign-no-agent``, ``sign-which-key``, ``sign-failed``.
    """
    with tempfile.TemporaryDirectory(prefix="qianyun-sign-") as name:
        if key is None:
            chosen, agent = Path(name, "key.pub"), ["-U"]
            chosen.write_text(_only_key(), encoding="utf-8")
        else:
            chosen, agent = key, []
            try:
                content = key.read_bytes()
            except OSError as error:
                raise RunError("sign-key-missing", path=str(key), reason=reason_of(error)) from error
            if not _A_KEY.search(content):  # ssh-keygen would say that the file is not there
                raise RunError("sign-key-missing", path=str(key), reason="it holds neither a private nor a public key")
        done = _sign_tool(["ssh-keygen", "-Y", "sign", *agent, "-f", str(chosen), "-n", NAMESPACE], document)
    if done.returncode or not done.stdout.startswith("-----BEGIN SSH SIGNATURE-----"):
        reason = _last_line(done.stderr) or f"ssh-keygen ended with {done.returncode}"
        raise RunError("sign-failed", reason=reason)
    return done.stdout


def verify(document: str, signature: str, *, principal: str, allowed: bytes, named: str, now: dt.datetime) -> str:
    """The fingerprint of the key that signed ``document``, which belongs to ``principal`` and is valid at ``now``.

    Args:
        allowed: content of the file of allowed signers; ``named``: its path, for messages.

    Raises:
        ApprovalError: ``approval-signature``, ``approval-namespace``, ``approval-unknown-key``, ``approval-principal``,
            ``approval-key-invalid``, ``approval-unchecked``.
    """
    at = now.astimezone().strftime("%Y%m%d%H%M%S")  # local, as ssh-keygen reads the times in the file of signers
    with tempfile.TemporaryDirectory(prefix="qianyun-verify-") as name:
        signers, signed = Path(name, "signers"), Path(name, "signature")
        signers.write_bytes(allowed)  # what is hashed into the event is what is verified with
        signed.write_text(signature, encoding="utf-8", errors="replace")
        common = ["-n", NAMESPACE, "-s", str(signed)]
        alone = _keygen(["check-novalidate", *common], document)
        key = _KEY.search(alone.stdout)
        if alone.returncode or key is None:
            reason = _last_line(alone.stderr)
            if "namespace" in reason:
                raise ApprovalError("approval-namespace", namespace=NAMESPACE)
            raise ApprovalError("approval-signature", reason=reason or "it cannot be read")
        trusted = ["-f", str(signers), f"-Overify-time={at}"]
        if not _keygen(["verify", *trusted, "-I", principal, *common], document).returncode:
            return key[1]
        listed = _keygen(["find-principals", *trusted, "-s", str(signed)], "")
    raise _why(key[1], principal, named, listed)


def _why(key: str, principal: str, named: str, listed: subprocess.CompletedProcess[str]) -> ApprovalError:
    """Why an intact signature does not count. ssh-keygen lists the names of a valid key, and grumbles about an
    invalid one with its line."""
    names = listed.stdout.split()
    if names and not any(fnmatch.fnmatchcase(principal, name) for name in names):
        return ApprovalError("approval-principal", key=key, principal=principal, found=", ".join(names))
    if names or re.search(r"^\S+:\d+: ", listed.stderr, re.MULTILINE):
        return ApprovalError("approval-key-invalid", key=key, principal=principal, path=named)
    return ApprovalError("approval-unknown-key", key=key, path=named)


def _keygen(arguments: Sequence[str], document: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
    environment |= {"TZ": os.environ["TZ"]} if "TZ" in os.environ else {}
    try:
        return _run(["ssh-keygen", "-Y", *arguments], document, environment)
    except FileNotFoundError:
        raise ApprovalError("approval-unchecked", reason="ssh-keygen is not installed") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ApprovalError("approval-unchecked", reason=str(error)) from error


def _sign_tool(argv: Sequence[str], document: str) -> subprocess.CompletedProcess[str]:
    try:
        return _run(argv, document, {**os.environ, "LC_ALL": "C"}, seconds=None)
    except FileNotFoundError:
        raise RunError("ssh-keygen-missing", program=argv[0]) from None
    except OSError as error:
        raise RunError("sign-failed", reason=reason_of(error)) from error


def _run(
    argv: Sequence[str], given: str, environment: Mapping[str, str], seconds: float | None = SECONDS
) -> subprocess.CompletedProcess[str]:
    """Without a limit of time where a person may have to type a passphrase or touch a token."""
    return subprocess.run(  # noqa: S603 - OpenSSH's programs, arguments of ours, no shell
        list(argv),
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=dict(environment),
        timeout=seconds,
        check=False,
    )


def _only_key() -> str:
    done = _sign_tool(["ssh-add", "-L"], "")
    keys = [line for line in done.stdout.splitlines() if line.strip()] if not done.returncode else []
    if not keys:
        reason = _last_line(done.stderr) or _last_line(done.stdout)
        raise RunError("sign-no-agent", reason=reason)
    if len(keys) > 1:
        shown = ", ".join(" ".join(line.split(" ", 2)[2:]) or line.split(" ", 2)[0] for line in keys)
        raise RunError("sign-which-key", count=len(keys), keys=shown)
    return keys[0] + "\n"


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
