"""The network's side of a migration: laboratories made of network namespaces (``network.lab``)."""
