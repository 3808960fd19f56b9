"""The values every room shares: frozen, without behaviour that needs a file, a clock or a network."""
