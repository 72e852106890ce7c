"""Reading and making workbooks on the machines of a Dask cluster."""
