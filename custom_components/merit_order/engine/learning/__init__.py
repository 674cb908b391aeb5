"""What the home's own past teaches: its base load, hot water drawn, trips of the car, rooms and their heating.

Pure: hourly arrays come in, parameters and a mark of their quality go out. Too little of a past teaches nothing.
"""
