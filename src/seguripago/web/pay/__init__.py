"""The page behind an encrypted payment link: for whoever pays, who may be somebody else than the buyer."""
