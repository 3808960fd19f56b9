"""Networks: one package for each network, and the protocol that publishing uses."""
