"""What the head of department is told at once, decides on, and has carried out (R12)."""
