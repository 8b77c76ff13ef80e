"""Pure decisions about an order: which moves its state allows, what its details lack, what the six checks say."""

from .checks import Finding as Finding
from .checks import Live as Live
from .checks import LiveProduct as LiveProduct
from .checks import evaluate as evaluate
from .details import DetailsRefused as DetailsRefused
from .details import Fault as Fault
from .details import faults_in as faults_in
from .details import faults_of as faults_of
from .keys import pre_invoice_key as pre_invoice_key
from .keys import proves as proves
from .keys import quick_hash as quick_hash
from .keys import request_hash as request_hash
from .promises import Sending as Sending
from .promises import promised_dates as promised_dates
from .quick import quick_faults as quick_faults
from .states import STATE_LABELS as STATE_LABELS
from .states import Holder as Holder
from .states import Kind as Kind
from .states import OrderUnknown as OrderUnknown
from .states import State as State
from .states import StockState as StockState
from .states import Verb as Verb
from .states import WrongState as WrongState
from .states import allows as allows
from .states import move as move
from .states import stock_after as stock_after
