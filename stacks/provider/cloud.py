"""One cloud as one login sees it: made with the first request, shared by all threads, never shown."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from stacks.errors import CloudError, CloudUnreachableError
from stacks.provider.checks import nearest

if TYPE_CHECKING:
    from openstack.connection import Connection

    from stacks.provider.retries import Patience

__all__ = ["Cloud"]

T = TypeVar("T")
HIDDEN = "***"
SECRETS = ("password", "application_credential_secret", "token", "passcode", "client_secret", "access_token")
SHORTEST_SECRET = 4
"""Shorter ones are not masked: they would also stand in words that have nothing to do with them."""


class Cloud:
    """A login to a cloud.

    Args:
        name: entry of clouds.yaml; empty: what the environment says (OS_CLOUD, OS_AUTH_URL, ...).
        region: empty: the entry's own.
        project_id: the login is scoped to it; empty: the entry's own project.
    """

    def __init__(
        self, name: str = "", region: str = "", project_id: str = "", *, patience: Patience | None = None
    ) -> None:
        self.name = name
        self.region = region
        self.project_id = project_id
        self._patience = patience
        self._stop = threading.Event()
        self._lock = threading.RLock()
        self._connection: Connection | None = None
        self._services: dict[str, Any] = {}
        self._known: dict[Hashable, Any] = {}
        self._secrets: tuple[str, ...] = ()

    def service(self, name: str) -> Any:
        """A proxy of openstacksdk (``compute``, ``network``, ...)."""
        with self._lock:
            if name not in self._services:
                self._services[name] = getattr(self.connection, name)
            return self._services[name]

    @property
    def connection(self) -> Connection:
        """The connection of openstacksdk; all requests go through one session and one token."""
        with self._lock:
            if self._connection is None:
                self._connection = self._connect()
            return self._connection

    @property
    def patience(self) -> Patience:
        """How often and how long to try."""
        from stacks.provider.retries import Patience

        if self._patience is None:
            self._patience = Patience()
        return self._patience

    @property
    def user_id(self) -> str:
        """The user of the login."""
        return str(self.connection.session.get_user_id())

    @property
    def own_project(self) -> str:
        """The project that the login is scoped to."""
        return str(self.connection.session.get_project_id() or "")

    def known(self, key: Hashable, find: Callable[[], T]) -> T:
        """Something that does not change while this process lives, asked for once."""
        with self._lock:
            if key not in self._known:
                self._known[key] = find()
            found: T = self._known[key]
            return found

    def cancel(self) -> None:
        """Let every request and every wait end with "cloud-canceled"."""
        self._stop.set()

    def sleep(self, seconds: float, what: str) -> None:
        """Wait, unless canceled."""
        if self._stop.wait(seconds):
            raise CloudError("cloud-canceled", what=what)

    def once(self, make: Callable[[], T], find: Callable[[], T | None], what: str) -> T:
        """Send a request that must not be carried out twice.

        When its answer leaves open whether it was carried out, what it would have made is looked for before it is sent
        again.
        """
        from stacks.provider.retries import transient

        attempt = 1
        while True:
            try:
                return make()
            except Exception as error:
                if not transient(error) or attempt >= self.patience.tries:
                    raise
            self.sleep(self.patience.pause(attempt), what)
            found = find()
            if found is not None:
                return found
            attempt += 1

    def wait(self, look: Callable[[], T], done: Callable[[T], bool], seconds: float, what: str) -> tuple[T, bool]:
        """Look again and again; (what was seen last, whether it was ``done`` in time)."""
        end, pause = time.monotonic() + seconds, 0.15
        while True:
            seen = look()
            if done(seen):
                return seen, True
            if time.monotonic() >= end:
                return seen, False
            self.sleep(min(pause, max(0.05, end - time.monotonic())), what)
            pause = min(2.0, pause * 1.3)

    def scrub(self, text: str) -> str:
        """A text without the secrets of the login."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text

    def _connect(self) -> Connection:
        from openstack.config import OpenStackConfig
        from openstack.connection import Connection
        from openstack.exceptions import ConfigException

        from stacks.provider.retries import RetryingSession

        session = functools.partial(RetryingSession, patience=self.patience, stop=self._stop)
        loader = OpenStackConfig(session_constructor=session)  # type: ignore[arg-type]  # a constructor all the same
        try:
            region = loader.get_one(cloud=self.name or None, region_name=self.region or None)
        except ConfigException as error:
            names = [name for name in loader.get_cloud_names() if name != "defaults"]  # its word for no entry at all
            known = nearest(self.name, names) if self.name else ", ".join(sorted(names)) or "-"
            raise CloudUnreachableError(
                "cloud-login-missing", cloud=self.name or "-", reason=str(error), known=known
            ) from error
        self._secrets = _secrets(region.config.get("auth", {}))
        connection = Connection(config=region)
        bound = "applicationcredential" in str(region.config.get("auth_type", "")).replace("_", "")
        if not self.project_id:
            return connection
        if bound:
            own = str(connection.session.get_project_id() or "")
            if own != self.project_id:
                raise CloudUnreachableError("cloud-login-bound", cloud=self.name, bound=own, project=self.project_id)
            return connection
        return connection.connect_as(project_id=self.project_id)


def _secrets(auth: Mapping[str, Any]) -> tuple[str, ...]:
    found = {str(auth[name]) for name in SECRETS if auth.get(name)}
    return tuple(sorted((text for text in found if len(text) >= SHORTEST_SECRET), key=len, reverse=True))
