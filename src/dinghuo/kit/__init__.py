"""The ground every module stands on: database, errors, locks, money, outbox, audit."""
