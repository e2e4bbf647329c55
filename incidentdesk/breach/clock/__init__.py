"""The authority's clock of one incident: when we became aware, what was filed, what was decided, and what runs between them."""
