"""What we ask of the recorder, on each database a person may give it."""
