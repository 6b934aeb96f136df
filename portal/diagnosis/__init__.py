"""The social diagnosis of a family: its spheres of life scored, in words, and how that changes."""
