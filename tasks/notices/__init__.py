"""The outbox: told in the decision's transaction, merged into digests, sent by the dispatcher."""
