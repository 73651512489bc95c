"""One file a framework: what feeds a recording from the framework's own training loop.

The classes are made when asked for, of a framework that the user trains with anyway.
"""
