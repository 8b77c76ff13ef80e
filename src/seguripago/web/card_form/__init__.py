"""The card form: what the order page, the checkout and the payment link show to whoever pays with a card.

No card number comes near SeguriPago. The gateway's own script or frame holds the fields; this page gets a token.

**Server.** `forms.card_form(…)` gathers what the template draws; with it as `card_form` in the context,
`{% include "card_form/form.html" %}` draws it (`card_form/fields.html` alone inside the checkout's form) and
`{% include "card_form/scripts.html" %}` loads its scripts. `policy.with_gateway(response, config)` lets the gateway's
origins through the page's security policy; `answers.card_answer(…)` makes what the script is answered. The form POSTs
`key`, `token`, `installments`, `device_session_id` to `card_form.action`. A request that accepts JSON gets a
`card_answer`; any other gets a redirect (with an empty token: to the gateway's own page), so that paying works without
scripts where the gateway has a page. `card_form.waiting` is the `card_answer` of a charge that still waits: the page
goes on with it.

**Answer.** `{"state", "says", "go", "key", "status", "action"}`
    paid             go to `go`, or stay where the page redraws itself
    requires_action  do `action`, then POST to `status` until it has ended
    processing       «Confirmando con tu banco…»: POST to `status` until it has ended
    declined         `says` why, in place; nothing typed is lost, `key` is the next try's
    refused          `says` why; with an empty `key` the form stays shut, and the page goes to `go` where that is given

**Tokenisers.** One script `static/card_form/card_<tokeniser>.js` each, loaded by its own tag (its nonce and hash stand
there; nothing is imported on the way). It makes one function known and does nothing else until that is called:

    (self.cardTokenisers ??= {}).stripe = async function mount(fields, config) { …; return handle; };
        fields.card   the empty element `.hosted` to put the gateway's fields into
        fields.name   the input «Nombre en la tarjeta» (never sent to us), or null
        config        {public_key, origins: […], fields_url, locale: "es"|"en", amount: "9135.00", currency: "MXN",
                       dark: bool}
    handle.tokenise() → Promise<{token, device_session_id?, label?}>   label: at most brand and last four digits
        rejects with an Error whose `message` the buyer may read and whose `field` is "card" or "name"
    handle.act?(action) → Promise    does an action of kind `sdk`; its outcome is not believed
    handle.done?(data) → bool        whether this message of a challenge's frame ends it
    handle.close?()                  the form left the page

Scripts of the gateway (`ClientConfig.script_urls`) run before `mount` is called. A `mount` that fails leaves the
gateway's own page where it has one (`has_page`).

**Actions.** `redirect` goes to `url` (GET, or POST with `form`); `challenge_iframe` opens `url` (GET, or POST with
`form`) in a dialog: Escape hides it and loses nothing, a message from that frame's own origin ends it; `sdk` is
`handle.act`. Whatever the browser saw, only `status` tells the end. `status` is a POST, for it asks the gateway;
with `cancel=1` it gives the charge up first, for whoever wants to use another card.

A new tokeniser is one script, and one name in `ClientConfig.tokeniser`; `redirect` is the one without fields.
"""
