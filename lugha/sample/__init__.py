"""A small web in ten languages, written for this project, with the faults of the real one: the demo crawls it."""
