"""Errors of openstacksdk and keystoneauth as ours: mapped once, here."""

from __future__ import annotations

import json
import re
from typing import Any

from keystoneauth1 import exceptions as auth_errors
from openstack import exceptions as sdk_errors

from inventory.errors import QianyunError
from stacks.errors import CloudError, CloudUnreachableError
from stacks.provider.cloud import Cloud

__all__ = ["mapped", "reason_of"]

_QUOTA = re.compile(r"quota|over.?limit|limitexceeded|maximum number of", re.IGNORECASE)
_OVERLAP = re.compile(r"overlap", re.IGNORECASE)


def reason_of(error: BaseException) -> str:
    """What the cloud itself said, without the library's words around it."""
    details = getattr(error, "details", None)
    if isinstance(details, str) and details.strip():
        return _plain(details)
    if isinstance(details, dict):
        return _plain(json.dumps(details))
    return _plain(getattr(error, "message", None) or str(error) or type(error).__name__)


def _plain(text: Any) -> str:
    """One line; the message out of a JSON error body."""
    line = " ".join(str(text).split())
    found = re.search(r'"(?:message|faultstring)": "((?:[^"\\]|\\.)*)"', line)
    return (found[1] if found else line)[:500]


def mapped(error: BaseException, what: str, cloud: Cloud) -> QianyunError | None:
    """Our error for a foreign one; None for an error that nobody expected."""
    if isinstance(error, QianyunError):
        return error
    reason = cloud.scrub(reason_of(error))
    name, region = cloud.name or "-", cloud.region or "-"
    match error:
        case auth_errors.MissingRequiredOptions() | auth_errors.MissingAuthPlugin() | sdk_errors.ConfigException():
            return CloudUnreachableError("cloud-login-missing", cloud=name, reason=reason, known="-")
        case auth_errors.CatalogException() | sdk_errors.EndpointNotFound() | sdk_errors.ServiceDisabledException():
            return CloudUnreachableError("cloud-service", cloud=name, region=region, service=reason)
        case sdk_errors.ServiceDiscoveryException() | sdk_errors.NotSupported():
            return CloudUnreachableError("cloud-service", cloud=name, region=region, service=reason)
        case auth_errors.Unauthorized() | auth_errors.AuthorizationFailure() | auth_errors.AuthPluginException():
            return CloudUnreachableError("cloud-login-refused", cloud=name, reason=reason)
        case auth_errors.SSLError():
            return CloudUnreachableError("cloud-certificate", url=name, reason=reason)
        case auth_errors.ConnectionError() | auth_errors.DiscoveryFailure():
            return CloudUnreachableError("cloud-unreachable", url=name, reason=reason)
        case sdk_errors.HttpException():
            return _answered(int(error.status_code or 0), what, reason, name)
        case auth_errors.NotFound() if str(error.url or "").endswith("/auth/tokens"):
            # keystone's answer to a login with a token that has expired or was taken back
            return CloudUnreachableError("cloud-login-refused", cloud=name, reason=reason)
        case auth_errors.HttpError():
            return _answered(int(error.http_status or 0), what, reason, name)
        case sdk_errors.ResourceTimeout():
            return CloudError("cloud-waiting", what=what, status=reason, seconds="-")
        case sdk_errors.SDKException() | auth_errors.ClientException():
            return CloudError("cloud-refused", what=what, reason=reason)
        case _:
            return None


def _answered(status: int, what: str, reason: str, cloud: str) -> QianyunError:
    """Our error for an answer. Clouds say "quota" with 403 (compute), 409 (network) and 413 (volumes)."""
    if status in {403, 409, 413} and _QUOTA.search(reason):
        return CloudError("cloud-quota", what=what, reason=reason)
    if status == 409 or (status == 400 and _OVERLAP.search(reason)):
        return CloudError("cloud-conflict", what=what, reason=reason)
    if status == 401:
        return CloudUnreachableError("cloud-login-refused", cloud=cloud, reason=reason)
    if status == 403:
        return CloudError("cloud-forbidden", what=what, reason=reason)
    if status == 404:
        return CloudError("cloud-gone", what=what)
    return CloudError("cloud-refused", what=what, reason=reason)
