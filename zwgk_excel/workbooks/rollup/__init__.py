"""Long workbooks written row by row: the rollup of many counties (地区汇总台账), and exports."""
