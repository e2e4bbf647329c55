"""The register of all personal data breaches (Art. 33(5) GDPR): its entries, what they lack, and what leaves the desk of it."""
