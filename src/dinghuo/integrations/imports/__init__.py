"""Imports in the background: files uploaded, looked at, tried and written, with progress that survives restarts."""
