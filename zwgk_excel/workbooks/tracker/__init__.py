"""The tracker (总台账): written from rows, with the inputs and additions of the office kept."""
