"""The notification of Art. 33: drafted from what is known, checked by people, signed, filed, amended, withdrawn."""
