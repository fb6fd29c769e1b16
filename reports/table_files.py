"""Writing a table as Parquet and CSV, byte for byte the same every time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from reports.codebook import DatasetField, Kind

ROWS_PER_GROUP = 262_144
"""Rows per Parquet row group; fixed, because a default could follow the machine."""

TYPES = {Kind.TEXT: pa.string(), Kind.INTEGER: pa.int64(), Kind.DECIMAL: pa.float64(), Kind.BOOLEAN: pa.bool_()}


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
    described = [
        pa.field(field.name, TYPES[field.kind], nullable=False, metadata={"meaning": field.meaning}) for field in fields
    ]
    schema = pa.schema(described)
    columns = list(zip(*rows, strict=True)) or [()] * len(fields)
    arrays = [pa.array(column, type=TYPES[field.kind]) for field, column in zip(fields, columns, strict=True)]
    table = pa.Table.from_arrays(arrays, schema=schema)
    pq.write_table(table, folder / f"{name}.parquet", compression="zstd", row_group_size=ROWS_PER_GROUP)
    pa_csv.write_csv(table, folder / f"{name}.csv", pa_csv.WriteOptions(quoting_style="needed"))
