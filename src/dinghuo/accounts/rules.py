"""The buckets of an account, and the way an amount goes through them."""

from collections.abc import Mapping
from typing import Literal

# What is ordered and not yet shipped; shipped and not yet billed; billed and not yet paid; received and not yet
# matched with a bill, which is zero or negative. Their sum is the exposure.
Bucket = Literal["open", "shipped", "billed", "unapplied"]

# Where what is consumed of a bucket goes.
NEXT: Mapping[Bucket, Bucket] = {"open": "shipped", "shipped": "billed"}
