"""What a line really carries: readings of its counters and session logs, kept with hash and time, and the days in a row
on which they prove that it was idle."""

from __future__ import annotations

from migration.consolidation.evidence.gate import Lacking, lacking, lacking_of, silence_of_line
from migration.consolidation.evidence.model import Flow, Interval, Kind, LineEvidence, Marked, Sample, Silence
from migration.consolidation.evidence.reading import Read, read_export
from migration.consolidation.evidence.sessions import read_sessions
from migration.consolidation.evidence.silence import silence_of
from migration.consolidation.evidence.store import EvidenceStore, Reading, Stored

__all__ = [
    "EvidenceStore",
    "Flow",
    "Interval",
    "Kind",
    "Lacking",
    "LineEvidence",
    "Marked",
    "Read",
    "Reading",
    "Sample",
    "Silence",
    "Stored",
    "lacking",
    "lacking_of",
    "read_export",
    "read_sessions",
    "silence_of",
    "silence_of_line",
]
