"""What goes over the wire to bots, widgets and consoles: typed records, pure data."""
