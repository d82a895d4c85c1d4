"""Ansible: the project (roles, settings, inventory) and the executor that carries steps out with it."""
