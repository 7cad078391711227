"""Measuring: Dinghuo against limits taken on the same machine in the same run, never bare times."""
