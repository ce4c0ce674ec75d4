"""What several stages need: configuration, schemas, files, locks, processes, the machine, the console."""
