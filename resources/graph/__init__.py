"""Our client of Microsoft Graph: `client` is what others use; what of it is synced, and why, is not decided here."""
