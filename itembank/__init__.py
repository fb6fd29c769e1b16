"""The item bank: items, versions, QTI, scoring one response to one item, compiled banks."""
