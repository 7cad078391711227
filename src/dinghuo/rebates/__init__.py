"""Rebates: agreements over periods, what accrues under them from the orders, and its settlement."""
