"""What there is: one file an entity, and the definitions, automation and command line made from them."""
