"""Objects as data: a graph of plain values in JSON, arrays out of line, classes from a list.

`encode_object` takes a live object apart the way pickle does (``__reduce_ex__``), but writes
data instead of a program. `decode_object` rebuilds it from classes which a `Policy` names, after
checking what it is about to build; a graph that asks for anything else is refused.
"""
