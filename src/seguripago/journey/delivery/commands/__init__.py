"""The verbs of the parcel: prepare, send, hand over; move, deliver, return."""

from .arriving import deliver_all as deliver_all
from .arriving import deliver_replaced as deliver_replaced
from .arriving import mark_delivered as mark_delivered
from .arriving import mark_returned as mark_returned
from .following import take_news as take_news
from .lateness import say_not_received as say_not_received
from .lateness import watch_parcels as watch_parcels
from .proving import add_proof as add_proof
from .sending import hand_over as hand_over
from .sending import prepare_shipments as prepare_shipments
from .sending import send_parcel as send_parcel
from .withholding import Where as Where
from .withholding import withhold_rest as withhold_rest
