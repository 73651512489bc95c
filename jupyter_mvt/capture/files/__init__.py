"""Files as they are: which byte ranges are arrays, and the same bytes back."""
