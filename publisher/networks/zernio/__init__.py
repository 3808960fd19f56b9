"""Zernio (formerly Late): one service for the networks that this program does not speak itself."""
