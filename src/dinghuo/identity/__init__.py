"""Who may come in and what they may do: tenants, organisations, users, roles, scopes, sessions, API keys."""
