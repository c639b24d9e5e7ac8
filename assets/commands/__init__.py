"""What `concord` can do, one file a command or a close pair of them; `assets/cli.py` only lists them."""
