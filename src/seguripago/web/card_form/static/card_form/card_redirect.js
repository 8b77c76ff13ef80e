// The gateway's own page takes the card: there is nothing to type here and no token.
(self.cardTokenisers ??= {}).redirect = async () => ({ tokenise: async () => ({ token: "" }) });
