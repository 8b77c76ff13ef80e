"""The pages that can take a card, watched: which scripts may run on them, which headers they bear, what browsers say.

Owns the inventory of scripts (`pay_page.toml`), the reports of browsers that refused something, and the looks at a
pay page as a buyer gets it (PCI DSS 4.0.1, requirements 6.4.3 and 11.6.1). Must never know an order: whoever looks
brings the page's text.
"""
