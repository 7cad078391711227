"""Customers (dealers), their hierarchy, tiers, regions, channels and addresses."""
