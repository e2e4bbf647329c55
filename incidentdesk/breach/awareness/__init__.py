"""The bench of awareness: what is known of when we became aware, what a person fixed, and how an inquiry before it stands."""
