"""Approvals: what one person proposes and another one approves, seeing exactly what will be done.

Owns proposals (with the hash of what will be done) and the policies of a store that two people decided. Announces
ProposalMade, ProposalGranted, ProposalRejected, ProposalVoided. It decides who may decide and never does the deed: the
room that owns the thing calls `grant` in the transaction in which it acts.
"""
