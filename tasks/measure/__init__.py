"""Rounds of fresh-process samples, the texts they are kept in, and the receipts that say which count."""
