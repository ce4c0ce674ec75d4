"""The page that compares any two versions: static files made from the export, and nothing else."""
