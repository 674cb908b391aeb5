"""The config flow and its subentry flows, walked as a person would."""
