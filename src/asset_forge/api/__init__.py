"""HTTP: one module per resource; each decodes, calls one service, encodes."""
