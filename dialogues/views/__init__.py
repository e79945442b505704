"""The pages of this app: rows through `visible_to`, a form, one action, an answer."""
