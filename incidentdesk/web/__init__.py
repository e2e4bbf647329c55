"""What all pages share: reading a form, rendering, refusing, limiting. Knows nobody who signs in."""
