"""Runbooks: what a run does, step by step, made from a plan and frozen before it starts."""
