"""The legal side: when we became aware, what was filed, what was decided, and the clock between them."""
