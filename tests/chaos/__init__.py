"""Runs by real processes on real stores and hosts that are killed, stopped and cut off."""
