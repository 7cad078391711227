"""Lots 批次 and their expiry 效期: which goods came when, until when they are good, and where they went."""
