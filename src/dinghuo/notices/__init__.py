"""What the company tells its dealers: notices, policies, banners, and who has read them."""
