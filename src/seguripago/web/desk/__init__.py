"""Mesa de analistas: the queue, the conversation, the order beside it. Speaks to assistance's commands and queries."""
