"""The app's widgets. They call neither the engine nor workers."""
