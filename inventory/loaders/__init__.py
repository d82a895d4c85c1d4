"""From files to raw records: YAML and JSON, CSV, Excel workbooks, and the folder that holds them."""

from inventory.loaders.raw import RawFile, RawRecord

__all__ = ["RawFile", "RawRecord"]
