"""Telling the people a breach is about (Art. 34 GDPR): whether, in which words, and that it was done."""
