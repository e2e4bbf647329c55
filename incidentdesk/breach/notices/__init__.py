"""Telling customers: what the DPO wrote and signed, one mail for each controller, and the proof that each one left."""
