"""Building and checking the web clients. Node comes from a Python package: nobody has to install it."""
