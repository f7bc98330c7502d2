"""The assistant: channels, engine, store, and the core that decides."""
