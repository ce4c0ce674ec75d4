"""The JSON that pages read, and the validation of every artefact."""
