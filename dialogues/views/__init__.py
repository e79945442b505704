"""Views of the dialogues app: select rows with `visible_to`, validate a form, call one action, and respond."""
