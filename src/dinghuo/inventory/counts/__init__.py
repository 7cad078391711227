"""Stock counts 盘点 as documents: what the books said, what was counted, and who agreed to the difference."""
