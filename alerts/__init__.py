"""Rules, candidates, dealing, cards, clocks, service plans and the workers' pages."""
