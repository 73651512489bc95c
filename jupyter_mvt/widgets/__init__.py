"""Live views: what is selected in the browser is a value in Python, and the other way round."""
