"""What the five tracks ask for, read from the inventory a second time.

One file a track, each with the steps still to be done and the gates before them.
"""
