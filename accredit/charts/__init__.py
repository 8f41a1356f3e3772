"""Charts as pure geometry: one drawing, shown as SVG on a page and as vectors in a PDF."""
