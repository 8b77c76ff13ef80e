"""The tables of this room."""

from .charges import CardCharge
from .gateways import GatewayEvent, StoreGateway
from .refunds import CardRefund, Chargeback

__all__ = ["CardCharge", "CardRefund", "Chargeback", "GatewayEvent", "StoreGateway"]
