"""The tracker (总台账): written from rows, with what the office typed and added kept."""
