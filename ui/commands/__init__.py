"""The commands, a module a group; each is imported only when one of its commands is called."""
