"""What screens read about parcels."""

from .parcels import CarrierChoice as CarrierChoice
from .parcels import ParcelEvent as ParcelEvent
from .parcels import ParcelLine as ParcelLine
from .parcels import ParcelProof as ParcelProof
from .parcels import ShipmentView as ShipmentView
from .parcels import carrier_choices as carrier_choices
from .parcels import count_on_the_way as count_on_the_way
from .parcels import event_of as event_of
from .parcels import open_parcels as open_parcels
from .parcels import parcels_to_follow as parcels_to_follow
from .parcels import proof_file as proof_file
from .parcels import shipment as shipment
from .parcels import shipments_of as shipments_of
from .parcels import shipments_of_orders as shipments_of_orders
from .parcels import shipments_to_send as shipments_to_send
