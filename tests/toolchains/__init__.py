"""Tests of tasks/toolchains."""
