"""Every router of the house, in the order of the modules."""

from litestar import Router

# Under /api/v1, for staff and systems.
API: list[Router] = []
# Under /portal/v1, for dealers.
PORTAL: list[Router] = []
