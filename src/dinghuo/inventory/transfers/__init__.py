"""Goods on their way from one warehouse to another: drafted, shipped, received with what is missing."""
