"""Tables of rendering."""
