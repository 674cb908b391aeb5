"""The registry of tariff kinds."""
