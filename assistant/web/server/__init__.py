"""How the page is served: who may ask, from where, how often."""
