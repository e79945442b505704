"""A request that a program sends again, since it never read the answer, is carried out once (Idempotency-Key)."""
