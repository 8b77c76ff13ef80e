"""Writers of tables: each module here writes the sheets of ports.spreadsheets in one format."""
