"""The verbs of the guarantee."""

from .claiming import claim as claim
from .claiming import follow_lost_chargeback as follow_lost_chargeback
from .claiming import follow_refunds as follow_refunds
from .claiming import replace_claimed as replace_claimed
from .claiming import resolve as resolve
from .claiming import withdraw_claim as withdraw_claim
from .holding import Promise as Promise
from .holding import accept_delivery as accept_delivery
from .holding import hold_guarantees as hold_guarantees
from .holding import note_reversal as note_reversal
from .holding import release_due as release_due
from .holding import start_inspection as start_inspection
from .steps import take_steps as take_steps
from .unsent import carry_out_unsent as carry_out_unsent
from .unsent import will_not_send as will_not_send
