"""doit fitted to measuring: a write-through record, planning before a run, quiet reporting, commands."""
