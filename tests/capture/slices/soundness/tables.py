"""Lists and other objects in the cells of tables: a copy of the table shares them."""

__all__ = ["CASES"]

TABLE = "d = pd.DataFrame({'a': [[1], [2]], 'k': ['u', 'v']})"
CASES = {
    f"cells of a table: {name}": [TABLE, *cells, "y = str(d)"]
    for name, cells in {
        "a copy": ["e = d.copy()", "e['a'][0].append(5)"],
        "a copy, by place": ["e = d[['a']].copy()", "e.iloc[0, 0].append(5)"],
        "a copy, by label": ["e = d.copy()", "e.loc[0, 'a'].append(5)"],
        "a copy, by a function": ["e = d.copy()", "e['a'].apply(lambda v: v.append(1))\nz = 1"],
        "a copied column's array": ["v = d['a'].values.copy()", "v[0].append(3)"],
        "a list of them": ["v = d['a'].tolist()", "v[0].append(3)"],
        "rows that are whole": ["e = d.dropna()", "e['a'][0].append(3)"],
        "sorted rows": ["e = d.sort_values('k')", "e['a'][0].append(3)"],
        "merged rows": ["e = d.merge(d, on='k')", "e['a_x'][0].append(3)"],
        "one more column": ["e = d.assign(b=1)", "e['a'][0].append(3)"],
        "two tables in one": ["e = pd.concat([d, d])", "e.iloc[0, 0].append(3)"],
        "chosen rows": ["e = d[d.k > 'a']", "e['a'].iloc[0].append(3)"],
        "chosen columns": ["e = d.filter(items=['a'])", "e['a'].iloc[0].append(3)"],
        "new labels": ["e = d.reset_index(drop=True)", "e['a'].iloc[0].append(3)"],
        "the first of each group": ["e = d.groupby('k').first()", "e['a'].iloc[0].append(3)"],
        "rows as dictionaries": ["e = d.to_dict('records')", "e[0]['a'].append(3)"],
        "the largest": ["e = d['a'].max()", "e.append(3)"],
        "walked over": ["for v in d['a']:\n    v.append(7)"],
        "walked over by rows": ["for i, r in d.iterrows():\n    r['a'].append(7)"],
        "split in two": [
            "from sklearn.model_selection import train_test_split",
            "a, b = train_test_split(d, test_size=1, random_state=0)", "a['a'].iloc[0].append(9)"],
    }.items()
} | {
    "cells of a table: dictionaries": [
        "d = pd.DataFrame({'a': [{'k': 1}]})", "e = d.copy()", "e['a'][0]['k'] = 4", "y = str(d)"],
    "cells of a column": ["d = pd.Series([[1], [2]])", "e = d.copy()", "e[0].append(3)",
                          "y = str(d)"],
    "cells of a table: a list from before": [
        "x = [[1], [2]]", "d = pd.DataFrame({'a': x})", "d['a'][0].append(3)", "y = str(x)"],
}  # fmt: skip
