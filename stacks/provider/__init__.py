"""pulumi-resource-qianyun: our Pulumi provider for clouds of the OpenStack family.

protocol, values, wire, watchdog, main: the plug-in process, which knows no cloud. model, tables, checks, differences,
marks: what the kinds of objects are, as data. cloud, retries, faults, handlers, backend: how a cloud is spoken to.
finding: the same knowledge for our own process. openstacksdk is loaded with the first request that a cloud has to
answer, so an unchanged preview never loads it.
"""

from __future__ import annotations

__all__ = ["PACKAGE", "VERSION"]

PACKAGE = "qianyun"
"""Name of the Pulumi package: tokens begin with it."""

VERSION = "0.1.0"
"""Version of the plug-in, raised whenever inputs or outputs of a kind change."""
