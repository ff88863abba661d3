"""Quality of what departments send: rules over the state, findings by row, what was mended."""
