"""Pictures of circuits and customers: facts in, SVG out. Nothing here asks anyone, knows the time, or rolls dice."""
