"""Figures of the business: sums by day, kept up behind the commit, and what is read from them."""
