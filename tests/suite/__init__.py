"""Tests of tasks/suite."""
