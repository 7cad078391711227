"""Approvals: policies, requests, steps, decisions. Of what is approved it knows a kind, an id and facts."""
