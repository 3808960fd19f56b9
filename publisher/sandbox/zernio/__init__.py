"""Zernio (formerly Late): posts, media and accounts of its API.

Rules, names and messages: the official OpenAPI file 1.374.0 in the sdist of `zernio-sdk` 1.4.1385 (read
2026-11-24). Nothing was tried against the live service.
"""
