"""``peil simulate`` behind its options: what is asked, the run, the files, the report, the words at the end."""
