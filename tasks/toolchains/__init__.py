"""Exact Go toolchains in .go-versions/, fetched and verified by go itself."""
