"""Live pictures and sound of a remote inspection (远程踏勘); no web, no database."""
