"""The dependency graph of an estate: build, impact, paths, move groups, platforms, islands, slices, export.

The only importer of networkx; all paths of the network come from here. Start with ``build.build_graph``; network
paths alone need only ``paths.NetworkPaths``, slice hashes only ``slices.slice_hash``.
"""
