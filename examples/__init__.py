"""Small programs that show how Frontdesk is used."""
