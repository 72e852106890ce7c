"""汇总: what arrived and what the office typed, taken in, and the tracker written anew."""
