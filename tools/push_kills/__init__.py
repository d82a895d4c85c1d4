"""Pushers that are killed at random lines: whether every device is as before within the guard's time.

``pusher`` pushes to one device as a process of its own; ``killing`` starts it, kills it, and watches the device.
"""
