"""Comparisons of two versions: what benchstat says, and what paired samples allow to be said beyond it."""
