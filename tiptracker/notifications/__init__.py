"""Who is told what, when: notices as rows, the frequency that each person chose, and the mails that carry them."""
