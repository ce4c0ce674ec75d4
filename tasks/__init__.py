"""Track Go performance across releases: the stages of the pipeline, one sub-package each.

    toolchains -> suite -> measure -> results -> export

A stage imports ``shared`` and earlier stages, never a later one (``tests/test_architecture.py``).
``engine`` fits doit to measuring. Only it and the ``creators`` modules know doit; the logic does not.
"""
