"""The legal side, one room for each thing a data protection officer does; each has its forms, actions, queries and pages."""
