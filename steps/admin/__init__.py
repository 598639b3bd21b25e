"""The administrator's screens for programmes and enrolled villages; what was recorded, to read."""

from steps.admin import enrolments, lists, programme, recorded

__all__ = ["enrolments", "lists", "programme", "recorded"]
