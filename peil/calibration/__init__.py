"""``peil calibrate`` behind its options: what is asked, the run, the report, the words at the end."""
