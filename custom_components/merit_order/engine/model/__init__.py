"""Foundation: the words every other part of the house speaks. Standard library and numpy only."""
