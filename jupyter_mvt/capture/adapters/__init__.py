"""One file a framework; no adapter knows another, none imports a framework by itself."""
