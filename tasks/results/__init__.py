"""All samples that count today for one version, with their statistics."""
