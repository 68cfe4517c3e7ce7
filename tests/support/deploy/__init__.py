"""Read the files of ``deploy/`` and run them to the letter (``script/test-deploy``)."""
