"""What starts work by itself: the sensor that goes back for languages that fell, and schedules."""
