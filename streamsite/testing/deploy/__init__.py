"""What ``deploy/`` ships, read from its files and run to the letter (``script/test-deploy``)."""
