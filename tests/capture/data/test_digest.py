"""Ids that were written once are found again: the canonical form does not drift."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from jupyter_mvt.capture.data.fingerprint import describe


def test_ids_stay_what_they_were():
    i = np.arange(70_001)
    words = np.array([f"w{k % 977}" * (k % 4) for k in i], object)
    words[::11] = None
    group = np.array(["a", "bb", "a longer word"], object)[i % 3]
    group[::13] = None
    frame = pa.table(
        {
            "f": pa.array(np.where(i % 7 == 0, np.nan, (i * 0.37) % 11), from_pandas=True),
            "i": pa.array(i * i % 1009),
            "s": pa.array(words, pa.large_string()),
            "c": pa.array(group, pa.string()).dictionary_encode(),
            "t": pa.array(i, pa.timestamp("us")),
        }
    )
    draft = describe(frame, "x")
    assert (draft.id, draft.multiset_id) == (
        "09f88728996dac86b3fd5dcba7aae60d2dc9bb4261af7f4f52d783f2100dc7ee",
        "750c29788d1dd3f173d17a0b428f923cff3c212e10b4337d76c333ef9ebb9c88",
    )
    decoded = frame.set_column(3, "c", pa.array(group, pa.string()))
    assert (describe(decoded, "x").id, describe(decoded, "x").multiset_id) == (
        draft.id,
        draft.multiset_id,
    )
