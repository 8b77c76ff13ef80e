"""The evidence file («expediente») of one purchase: everything that this house knows of it, as one signed PDF.

One function a chapter, each reading the queries of its room; whoever has a new room adds a function to CHAPTERS. Staff
screens that hand it out ask `signed_dossier`, which writes down who took it and why.
"""
