"""Mails: what each says, the durable outbox, and handing one over to the relay."""
