"""Executors that need nothing beyond Python: ``command`` starts a program of the worker, ``check`` only looks."""
