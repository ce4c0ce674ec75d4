"""The exit statuses of doit here, and what they mean."""

from __future__ import annotations

OK, FAILED, ERROR, MISTAKE, INTERRUPTED, TERMINATED = 0, 1, 2, 3, 130, 143

MEANINGS = {
    OK: "everything asked for is up to date; what was given up or is too noisy is told, and exported as such",
    FAILED: "a task failed, or with `strict` something is too noisy or given up; all the rest was done",
    ERROR: "the run could not begin (no room on the disk, a bad `failed=` list), or doit itself met an error",
    MISTAKE: "a mistake in config.yaml or on the command line; nothing was begun",
    INTERRUPTED: "ended by Ctrl-C; everything finished is kept",
    TERMINATED: "ended by SIGTERM; everything finished is kept",
}
