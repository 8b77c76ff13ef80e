"""The same chat on Django Channels, for comparison: see `chat_app` and `bench.measures.channels`."""
