"""What a store's settings refuse."""

from seguripago.values.refusal import Refusal


class SecretTooShort(Refusal):
    """A secret that could be guessed: it needs at least 16 characters."""

    code = "SP-521"


class AddressNotPossible(Refusal):
    """An address of the list is no IP address and no network, or there are too many of them."""

    code = "SP-522"

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


class CredentialNotPossible(Refusal):
    """A credential that the feed does not ask for, or an address where the provider does not answer."""

    code = "SP-523"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class PrefixNotPossible(Refusal):
    """An account prefix that is not 10 to 13 digits of a known bank, or whose accounts another prefix gives out."""

    code = "SP-524"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class FeedUnknown(Refusal):
    """A change to a feed that the store has not set up."""

    code = "SP-525"


class SiteNotPossible(Refusal):
    """A site that no browser would let embed the assistant (it needs https and a name), or one too many."""

    code = "SP-320"

    def __init__(self, site: str) -> None:
        super().__init__(site)
        self.site = site


class MonthsNotPossible(Refusal):
    """Conversations are kept for one month at least and for the two years that buyers were promised at most."""

    code = "SP-528"


class PartnerNotNamed(Refusal):
    """A guarantee whose payment an institution carries names that institution; any other one names nobody."""

    code = "SP-492"


class DaysNotPossible(Refusal):
    """A time of guarantee or claims is outside of what a store may set."""

    code = "SP-489"

    def __init__(self, name: str, least: int, most: int) -> None:
        super().__init__()
        self.name, self.least, self.most = name, least, most
