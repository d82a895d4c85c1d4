"""Engines, plug-ins and workers that are killed while they make, change and delete stacks: whether `recover` and the
next `up` leave every resource once, and nothing else.

``grounds``: where it is done, on a folder or on a real OpenStack. ``worker`` does one operation as a process of its
own; ``killing`` starts it, kills it or what it has started, recovers, and looks.
"""
