"""How a notice leaves the house: messengers, mail, webhooks, and the file that stands in for them in a dry run."""
