"""Pure decisions about a refund: its states, its reasons, and by which roads an amount goes back."""

from .legs import Account as Account
from .legs import CardSource as CardSource
from .legs import LegPlan as LegPlan
from .legs import Road as Road
from .legs import TransferSource as TransferSource
from .legs import less_waiting as less_waiting
from .legs import plan_legs as plan_legs
from .legs import total_left as total_left
from .states import LIVE as LIVE
from .states import REASON_LABELS as REASON_LABELS
from .states import STATE_LABELS as STATE_LABELS
from .states import LegState as LegState
from .states import RefundEvent as RefundEvent
from .states import RefundReason as RefundReason
from .states import RefundState as RefundState
from .states import move as move
from .states import reason_of_case as reason_of_case
from .states import state_of as state_of
from .waiting import KEEPER_LABELS as KEEPER_LABELS
from .waiting import NEXT as NEXT
from .waiting import WAIT_LABELS as WAIT_LABELS
from .waiting import WAITS as WAITS
from .waiting import Keeper as Keeper
from .waiting import Waits as Waits
from .waiting import deadline as deadline
from .waiting import waits_for as waits_for
