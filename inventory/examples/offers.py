"""What the made clouds offer: images, sizes of machines, name servers, and what all machines let through."""

from __future__ import annotations

from inventory.examples.clouds import by_form
from inventory.examples.shape import Cloud, Plain, World
from inventory.examples.tables.offers import FLAVORS, IMAGES, SOURCE
from inventory.stack_settings import StackSettings

__all__ = ["make_stacks"]


def make_stacks(world: World) -> StackSettings:
    """settings.stacks: a row for each target cloud; where it is had by form that is as its record says."""
    return StackSettings.model_validate(
        {
            "clouds": [_row(cloud, number) for number, cloud in enumerate(world.clouds)],
            "baseline": _baseline(),
            "source": SOURCE,
        }
    )


def _row(cloud: Cloud, number: int) -> Plain:
    technologies = {pool.technology for pool in cloud.pools}
    return {
        "cloud": cloud.id,
        "login": "" if by_form(number) else cloud.id,
        "dns_zone": f"{cloud.id}.cegn.",
        "dns_mail": f"hostmaster@{cloud.id}.cegn",
        "images": [
            {"image": image, "technology": technology, "source": SOURCE}
            for image, technology in IMAGES
            if technology in technologies
        ],
        "flavors": [
            {"name": f"s6.{vcpu}c{memory}g", "vcpu": vcpu, "memory_gib": memory, "source": SOURCE}
            for vcpu, memory in FLAVORS
        ],
        "source": SOURCE,
    }


def _baseline() -> list[Plain]:
    operators = {"name": "operators", "prefix": "10.255.0.0/24", "source": SOURCE}
    return [
        operators | {"protocol": "tcp", "ports": [22, 22]},
        operators | {"protocol": "icmp"},
        {"name": "users", "role": "web", "protocol": "tcp", "ports": [443, 443], "prefix": "10.0.0.0/8"}
        | {"source": SOURCE},
    ]
