"""Receipts: sealed and checked here, because here is the key; nothing of them is kept."""

from contract import messages, receipt
from locker_firmware_bridge.core.state import Draft


def make(draft: Draft, kiosk: str, ask: str, body: messages.SealReceipt) -> None:
    """The seal and the check word of this receipt; the same one always gets the same."""
    seal = receipt.seal(draft.site.rules.site_key, body.receipt)
    draft.show(kiosk, ask, messages.Sealed(order=body.receipt.order, seal=seal, word=receipt.word(seal)))


def check(draft: Draft, kiosk: str, ask: str, body: messages.CheckReceipt) -> None:
    """Whether nothing on it was changed."""
    genuine = receipt.is_genuine(draft.site.rules.site_key, body.receipt, body.seal)
    draft.show(kiosk, ask, messages.ReceiptChecked(genuine=genuine))
