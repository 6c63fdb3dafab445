"""What is suggested at a cursor, and what becomes of it: for ghost text and for the menu alike."""
