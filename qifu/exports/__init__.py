"""Files that staff ask for: written in the background, kept for a week, fetched by who asked.

`Exporter` (exporter.py) runs them, `files.py` writes CSV and XLSX, `cells.py` keeps spreadsheets from running anything.
"""
