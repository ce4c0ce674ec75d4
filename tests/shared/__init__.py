"""Tests of tasks/shared."""
