"""Claims: what a buyer says is wrong with a purchase, what the store answers, who decides, and how it ends.

Owns claims with their lines, statements, files, offers and decisions; every step is an entry that is never changed.
Announces ClaimOpened, ClaimAnswered, ClaimNoted, OfferMade, OfferAccepted, OfferRefused, ReplacementSent,
GoodsSentBack, ClaimEscalated, ClaimReminded, ClaimDecided, ClaimAppealed and ClaimClosed. Listens to GuaranteeResolved
(all went back by another road), PaymentWonBack (what was agreed can go back) and to proposals that ended undone. It
stops and ends the guarantee, and has refunds opened: it moves no money itself. Must never know: chats,
mails, and how a claim is drawn.
"""
