"""What happened: the verbs over the operation log. Knows nothing of live objects."""
