"""What is sold: products, SKUs, units, categories, brands, and who may see and buy what."""
