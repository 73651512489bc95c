"""What a pickle leaves outside: arrays, tensors' storages, columns, long byte strings.

A pickle says ``("out", 7)`` where the seventh member belongs. The members are rows in the
header of the state, their content parts that are cut, shared and verified as all others::

    ["array", part, dtype, shape, "C" | "F"]          the logical content of one array
    ["view", part, dtype, shape, strides, offset]     one of several arrays over one memory
    ["storage", part, dtype, offset, nbytes]          what tensors lie in
    ["bytes" | "bytearray" | "str", part]
"""
