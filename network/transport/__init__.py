"""Sessions with devices over SSH: one way to log in, to send lines and to read answers, whatever is below."""

from network.transport.model import Login, Reply, Session, Target, Transport

__all__ = ["Login", "Reply", "Session", "Target", "Transport"]
