"""From benchmark sources and go.mod templates to fingerprints and test binaries that can be linked anew."""
