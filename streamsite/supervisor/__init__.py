"""``script/server``: MongoDB, nginx, web and worker under one process, with readable logs and a clean Ctrl-C."""
