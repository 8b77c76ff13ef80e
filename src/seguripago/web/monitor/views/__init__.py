"""The pages of the payments area, one file per thing that a clerk looks at."""
