"""Projects, what their users may do in them and how much they may use (keystone, and the quotas of the others)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from openstack import exceptions

from stacks.errors import CloudError, said_in_one_line
from stacks.provider.checks import nearest
from stacks.provider.handlers.base import LET_GO_SECONDS, Handler, ObjectHandler
from stacks.provider.marks import Mark
from stacks.provider.model import Failure, Found, Made, Property
from stacks.provider.tables.kinds import COMPUTE_LIMITS, NETWORK_LIMITS, VOLUME_LIMITS

__all__ = ["ProjectHandler", "QuotaHandler", "RoleAssignmentHandler"]


class ProjectHandler(ObjectHandler):
    """A project. It is only removed when nothing is left in it."""

    def delete(self, old: Found, seconds: float) -> None:
        if self.get(old.id) is None:
            return
        name = str(old.inputs.get("name") or old.id)
        held, empty = self.cloud.wait(
            lambda: sorted(self._held(old.id)),
            lambda seen: not seen,
            min(seconds, LET_GO_SECONDS),
            self.what(old.inputs),
        )
        if not empty:
            raise CloudError("cloud-project-in-use", name=name, objects=", ".join(held[:8]))
        self._tidy(old.id)
        super().delete(old, seconds)

    def _held(self, id: str) -> Iterator[str]:
        """What is still in a project, as far as the login may look into it."""
        looks: tuple[tuple[str, Callable[[], Any]], ...] = (
            ("server", lambda: self.cloud.service("compute").servers(all_projects=True, project_id=id)),
            ("volume", lambda: self.cloud.service("block_storage").volumes(all_projects=True, project_id=id)),
            ("network", lambda: self.cloud.service("network").networks(project_id=id)),
            ("router", lambda: self.cloud.service("network").routers(project_id=id)),
        )
        for word, look in looks:
            try:
                yield from (f"{word} {found.name or found.id}" for found in look())
            except (exceptions.ForbiddenException, exceptions.NotSupported, exceptions.EndpointNotFound):
                continue

    def _tidy(self, id: str) -> None:
        """Remove what neutron keeps of a project that is gone: its default security group and its quota rows."""
        network = self.cloud.service("network")
        try:
            for group in list(network.security_groups(project_id=id)):
                network.delete_security_group(group.id, ignore_missing=True)
            network.delete_quota(id, ignore_missing=True)
        except exceptions.ForbiddenException:
            return

    def remove(self, id: str) -> None:
        super().remove(id)
        self._tidy(id)  # looking into a project without a default group makes it one


class RoleAssignmentHandler(Handler):
    """What a user may do in a project. Its id is PROJECT/USER/ROLE."""

    def what(self, inputs: Mapping[str, Any]) -> str:
        return f"{self.kind.name} {inputs.get('role')} in project {inputs.get('project_id')}"

    def lookups(self, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> Iterator[Failure]:
        wanted = inputs.get("role")
        if isinstance(wanted, str) and wanted != old.get("role"):
            try:
                self._role(wanted)
            except CloudError as error:
                yield Failure("role", said_in_one_line(error))

    def _roles(self) -> dict[str, str]:
        found = self.cloud.service("identity").roles()
        return {str(role.id): str(role.name) for role in found}

    def _role(self, wanted: str) -> str:
        roles = self.cloud.known("roles", self._roles)
        ids = [id for id, name in roles.items() if wanted in {id, name}]
        if not ids:
            raise CloudError(
                "cloud-not-found", what="role", kind="role", name=wanted, nearest=nearest(wanted, roles.values())
            )
        return ids[0]

    def create(self, mark: Mark, inputs: Mapping[str, Any], seconds: float) -> Made:
        del mark, seconds
        ends = (inputs["project_id"], inputs.get("user_id") or self.cloud.user_id, self._role(inputs["role"]))
        self._send("put", ends)
        return Made("/".join(ends), {"user_id": ends[1]})

    def _send(self, verb: str, ends: tuple[str, ...]) -> None:
        project, user, role = ends
        answer = getattr(self.cloud.service("identity"), verb)(f"/projects/{project}/users/{user}/roles/{role}")
        exceptions.raise_from_response(answer)

    def _ends(self, id: str) -> tuple[str, str, str]:
        parts = id.split("/")
        if len(parts) != 3 or not all(parts):
            raise CloudError("cloud-import", id=id, kind=self.kind.name, form="PROJECT/USER/ROLE")
        return (parts[0], parts[1], parts[2])

    def read(self, id: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Found | None:
        del outputs
        project, user, role = self._ends(id)
        try:
            self._send("head", (project, user, role))
        except exceptions.NotFoundException:
            return None
        wanted = inputs.get("role")
        name = wanted if wanted == role else self.cloud.known("roles", self._roles).get(role, role)
        live = {"project_id": project, "role": name}
        if not inputs or inputs.get("user_id"):
            live["user_id"] = user
        return Found(id, live, {"user_id": user})

    def delete(self, old: Found, seconds: float) -> None:
        del seconds
        try:
            self._send("delete", self._ends(old.id))
        except exceptions.NotFoundException:
            return

    def find(self, mark: Mark, inputs: Mapping[str, Any]) -> str | None:
        del mark
        if not inputs.get("project_id") or not inputs.get("role"):
            return None
        id = "/".join((inputs["project_id"], inputs.get("user_id") or self.cloud.user_id, self._role(inputs["role"])))
        return id if self.read(id, inputs, {}) else None


class QuotaHandler(Handler):
    """How much a project may use. Its id is the project's."""

    LIMITS: Mapping[str, tuple[Property, ...]] = {
        "compute": COMPUTE_LIMITS,
        "block_storage": VOLUME_LIMITS,
        "network": NETWORK_LIMITS,
    }

    def what(self, inputs: Mapping[str, Any]) -> str:
        return f"{self.kind.name} of project {inputs.get('project_id')}"

    def create(self, mark: Mark, inputs: Mapping[str, Any], seconds: float) -> Made:
        del mark, seconds
        self._set(inputs["project_id"], inputs)
        return Made(inputs["project_id"], {})

    def _set(self, project: str, inputs: Mapping[str, Any]) -> None:
        def change(service: str, limits: Mapping[str, int]) -> None:
            proxy = self.cloud.service(service)
            (proxy.update_quota if service == "network" else proxy.update_quota_set)(project, **limits)

        asked = {
            service: {row.sdk: inputs[row.name] for row in rows if inputs.get(row.name) is not None}
            for service, rows in self.LIMITS.items()
        }
        # Everything in a landing zone waits for these requests to three services: at a time.
        with ThreadPoolExecutor(len(self.LIMITS)) as pool:
            list(pool.map(lambda row: change(*row), [row for row in asked.items() if row[1]]))

    def _get(self, service: str, project: str) -> Any:
        proxy = self.cloud.service(service)
        return proxy.get_quota(project) if service == "network" else proxy.get_quota_set(project)

    def read(self, id: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Found | None:
        del outputs
        try:
            self.cloud.service("identity").get_project(id)
        except exceptions.NotFoundException:
            return None
        live: dict[str, Any] = {"project_id": id}
        for service, rows in self.LIMITS.items():
            wanted = [row for row in rows if not inputs or inputs.get(row.name) is not None]
            if wanted:
                found = self._get(service, id)
                live |= {row.name: getattr(found, row.sdk) for row in wanted}
        return Found(id, live, {})

    def update(self, mark: Mark, old: Found, inputs: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
        del mark, seconds
        self._set(old.id, inputs)
        return {}

    def delete(self, old: Found, seconds: float) -> None:
        del seconds
        for service, rows in self.LIMITS.items():
            if any(old.inputs.get(row.name) is not None for row in rows):
                proxy = self.cloud.service(service)
                try:
                    if service == "network":
                        proxy.delete_quota(old.id, ignore_missing=True)
                    else:
                        proxy.revert_quota_set(old.id)
                except exceptions.NotFoundException:
                    continue

    def find(self, mark: Mark, inputs: Mapping[str, Any]) -> str | None:
        """A project always has a quota: setting it once more leaves what setting it once leaves."""
        del mark
        return inputs.get("project_id")
