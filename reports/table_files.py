"""Writing a table as Parquet and CSV, byte for byte the same every time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reports.codebook import DatasetField

ROWS_PER_GROUP = 262_144
"""Rows per Parquet row group; fixed, because a default could follow the machine."""

ARROW_TYPES = {"text": "string", "integer": "int64", "decimal": "float64", "boolean": "bool"}


def write_table(folder: Path, name: str, fields: Sequence[DatasetField], rows: Sequence[Sequence[object]]) -> None:
    """Write ``name.parquet`` and ``name.csv`` (UTF-8, comma, decimal point, header line).

    Parameters
    ----------
    folder
        Existing folder.
    name
        Name of the table.
    fields
        Its fields; each Parquet column carries its meaning as metadata.
    rows
        Values in the order of the fields.
    """
    import pyarrow as pa  # 30 MB that a server, which also shows reports, never needs
    import pyarrow.csv as pa_csv
    import pyarrow.parquet as pq

    types = [pa.type_for_alias(ARROW_TYPES[field.kind]) for field in fields]
    described = [
        pa.field(field.name, kind, nullable=False, metadata={"meaning": field.meaning})
        for field, kind in zip(fields, types, strict=True)
    ]
    columns = list(zip(*rows, strict=True)) or [()] * len(fields)
    arrays = [pa.array(column, type=kind) for column, kind in zip(columns, types, strict=True)]
    table = pa.Table.from_arrays(arrays, schema=pa.schema(described))
    pq.write_table(table, folder / f"{name}.parquet", compression="zstd", row_group_size=ROWS_PER_GROUP)
    pa_csv.write_csv(table, folder / f"{name}.csv", pa_csv.WriteOptions(quoting_style="needed"))
