"""Orders as people write them: text of a chat or a sheet's rows become proposed lines."""
