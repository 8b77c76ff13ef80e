"""What screens, chat and mails read of claims."""

from .reading import claim as claim
from .reading import claim_door as claim_door
from .reading import claim_event as claim_event
from .reading import claim_file as claim_file
from .reading import claim_of as claim_of
from .reading import claim_page as claim_page
from .reading import claim_timeline as claim_timeline
from .reading import claim_timelines as claim_timelines
from .reading import claims_by_owner as claims_by_owner
from .reading import claims_of as claims_of
from .reading import closed_claims as closed_claims
from .reading import open_claims as open_claims
from .reading import orders_with_claims as orders_with_claims
from .shapes import ClaimDoor as ClaimDoor
from .shapes import ClaimEventView as ClaimEventView
from .shapes import ClaimFileView as ClaimFileView
from .shapes import ClaimLineView as ClaimLineView
from .shapes import ClaimRow as ClaimRow
from .shapes import ClaimView as ClaimView
from .shapes import DecisionView as DecisionView
from .shapes import OfferView as OfferView
